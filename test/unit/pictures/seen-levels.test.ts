import { expect, it } from "vitest";
import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import { createImageTensorWriter } from "../../../native-worker/readers/images/image-tensor.ts";
import { pictureScorer } from "../../helpers/data/picture-scorer.ts";

/** Every level once in each colour, in 256 pixels. */
const pixels = Uint8Array.from({ length: 256 * 3 }, (_, at) => (Math.floor(at / 3) + (at % 3) * 85) % 256);

function seen(changes: Partial<ImageScorer>, type: ImageScorer["input"]["type"] = "float32"): number[][] {
  const writer = createImageTensorWriter({ ...pictureScorer(type, 16, 16), ...changes });
  if (writer === null) throw new Error(`${type} holds no pictures`);
  const values = writer.allocate(2);
  writer.write(pixels, values, 1);
  const levels = writer.levels(values, 1);
  return Array.from({ length: 256 }, (_, pixel) => [...levels.subarray(pixel * 4, pixel * 4 + 4)]);
}

const asWritten = Array.from({ length: 256 }, (_, pixel) => [...pixels.subarray(pixel * 3, pixel * 3 + 3), 255]);
const imagenet = { scale: [1 / 255, 1 / 255, 1 / 255], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

it.each([
  ["as they are", {}, "float32"],
  ["normalised, a plane a colour", { ...imagenet, layout: "nchw" }, "float32"],
  ["normalised, in half precision", imagenet, "float16"],
  ["blue first", { ...imagenet, color: "bgr" }, "float32"],
  ["blue first, a plane a colour", { color: "bgr", layout: "nchw", mean: [104, 117, 124] }, "float32"],
  ["proportional to light", { gamma: "linear", scale: [1 / 255, 1 / 255, 1 / 255] }, "float32"],
  ["whole numbers", {}, "uint8"],
] as const)("values %s become the levels that they were made of", (_name, changes, type) => {
  expect(seen(changes as Partial<ImageScorer>, type)).toEqual(asWritten);
});

it("gray is seen as gray", () => {
  const [first = []] = seen({ color: "gray", scale: [1 / 255], mean: [0], std: [1] });
  const [red = 0, green = 0, blue = 0] = pixels;
  expect(first).toEqual([...Array<number>(3).fill(Math.round(0.299 * red + 0.587 * green + 0.114 * blue)), 255]);
});

it("what the values have lost is missing: scaled to 0 to 1, a whole number is black or white", () => {
  const levels = new Set(seen({ scale: imagenet.scale }, "uint8").flat());
  expect([...levels].sort((one, other) => one - other)).toEqual([0, 255]);
});

it("levels that the type cannot hold are clipped", () => {
  expect(Math.max(...seen({}, "int8").flatMap((pixel) => pixel.slice(0, 3)))).toBe(127);
});
