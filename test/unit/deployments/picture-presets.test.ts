import { describe, expect, test } from "vitest";
import type { ModelMetadata, ModelSignature, TensorType } from "../../../electron/contract/signature.ts";
import {
  columnsOf,
  float,
  output,
  picture,
  refused,
  resolved,
  signature,
  table,
} from "../../helpers/deployments/model-signatures.ts";

const inputOf = (type: TensorType, ...shape: (number | null)[]): ModelSignature =>
  signature([{ name: "image", type, shape }]);
const anySize = inputOf("float32", null, 3, null, null);
const saying = (metadata: ModelMetadata, of: ModelSignature = picture): ModelSignature => ({ ...of, metadata });

describe("a preset", () => {
  test.each([
    [
      "imagenet",
      {
        height: 224,
        width: 224,
        color: "rgb",
        scale: [1 / 255, 1 / 255, 1 / 255],
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      },
    ],
    [
      "yolo",
      {
        height: 640,
        width: 640,
        color: "rgb",
        resize: "contain",
        pad: [114, 114, 114],
        scale: [1 / 255, 1 / 255, 1 / 255],
        mean: [0, 0, 0],
        std: [1, 1, 1],
      },
    ],
    [
      "clip",
      {
        height: 224,
        width: 224,
        color: "rgb",
        mean: [0.48145466, 0.4578275, 0.40821073],
        std: [0.26862954, 0.26130258, 0.27577711],
      },
    ],
    [
      "tf",
      {
        height: 224,
        width: 224,
        color: "rgb",
        scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
        mean: [1, 1, 1],
        std: [1, 1, 1],
      },
    ],
    [
      "caffe",
      { height: 224, width: 224, color: "bgr", scale: [1, 1, 1], mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
    ],
  ] as const)("%s sets size, order of colours, scale, mean and std", (preset, expected) => {
    expect(resolved(anySize, { input: { preset } })).toMatchObject(expected);
  });

  test("gives way to what scorer.yml says, and to the size of the model", () => {
    expect(resolved(picture, { input: { preset: "imagenet", mean: 0.5, color: "bgr" } })).toMatchObject({
      height: 32,
      width: 48,
      color: "bgr",
      mean: [0.5, 0.5, 0.5],
      std: [0.229, 0.224, 0.225],
    });
    expect(resolved(anySize, { input: { preset: "yolo", size: [320, 416] } })).toMatchObject({
      height: 320,
      width: 416,
    });
  });

  test("leaves whole numbers their levels", () => {
    const bytes = inputOf("uint8", null, null, null, 3);
    expect(resolved(bytes, { input: { preset: "imagenet" } })).toMatchObject({
      height: 224,
      scale: [1, 1, 1],
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  test("is of pictures alone", () => {
    expect(refused(table, { input: { preset: "yolo" } })).toContain("preset");
  });
});

describe("a model's metadata", () => {
  test.each([
    ["NominalRange_0_255", 0, 255],
    ["Normalized_0_1", 0, 1],
    ["Normalized_1_1", -1, 1],
    ["NominalRange_16_235", 16, 235],
  ] as const)("%s makes levels %d to %d", (pixelRange, lowest, highest) => {
    const scorer = resolved(saying({ pixelRange }));
    if (scorer.kind !== "image") throw new Error(`a scorer of kind ${scorer.kind}`);
    const [scale = 0] = scorer.scale;
    const [mean = 0] = scorer.mean;
    const [std = 0] = scorer.std;
    expect([(0 * scale - mean) / std, (255 * scale - mean) / std]).toEqual([
      expect.closeTo(lowest, 10),
      expect.closeTo(highest, 10),
    ]);
  });

  test("gives the order of colours, where it does not contradict the shape", () => {
    expect(resolved(saying({ pixelFormat: "Bgr8" }))).toMatchObject({ color: "bgr" });
    expect(resolved(saying({ pixelFormat: "Gray8" }))).toMatchObject({ color: "rgb" });
    expect(resolved(saying({ pixelFormat: "Gray8" }, inputOf("float32", null, 1, 28, 28)))).toMatchObject({
      color: "gray",
    });
  });

  test("asks for levels that are proportional to light", () => {
    expect(resolved(saying({ gamma: "Linear" }))).toMatchObject({ gamma: "linear" });
    expect(resolved(saying({ gamma: "SRGB" }))).not.toHaveProperty("gamma");
  });

  test("gives way to scorer.yml and to a preset", () => {
    const metadata: ModelMetadata = { pixelFormat: "Bgr8", pixelRange: "NominalRange_0_255" };
    expect(resolved(saying(metadata), { input: { scale: 0.5, color: "rgb" } })).toMatchObject({
      color: "rgb",
      scale: [0.5, 0.5, 0.5],
    });
    expect(resolved(saying(metadata), { input: { preset: "tf" } })).toMatchObject({ color: "rgb", mean: [1, 1, 1] });
  });

  test("names the classes of an output that has as many, unless somebody else does", () => {
    const named = saying({ classNames: ["cat", "dog", "cow"] });
    expect(columnsOf(resolved(named))).toEqual(["y_cat", "y_dog", "y_cow"]);
    expect(columnsOf(resolved(named, {}, ["a", "b", "c"]))).toEqual(["y_a", "y_b", "y_c"]);
    const zipMap = saying(
      named.metadata ?? {},
      signature(picture.inputs, [{ ...output("y", null, 3), labels: ["1", "2", "3"] }]),
    );
    expect(columnsOf(resolved(zipMap))).toEqual(["y_1", "y_2", "y_3"]);
  });

  test("names the classes of a detector that has as many, or does not tell how many", () => {
    const detector = (name: string, ...shape: (number | null)[]): ModelSignature =>
      saying(
        { classNames: ["cat", "dog"] },
        signature([float("images", null, 3, 64, 64)], [output(name, null, ...shape)]),
      );
    const labelsOf = (of: ModelSignature, format: "yolov8" | "yolo-nms", labels?: string[]) => {
      const scorer = resolved(
        of,
        { output: { detections: { format, ...(labels === undefined ? {} : { labels }) } } },
        labels,
      );
      return scorer.kind === "image" ? scorer.detections?.labels : undefined;
    };
    expect(labelsOf(detector("output0", 6, 8400), "yolov8")).toEqual(["cat", "dog"]);
    expect(labelsOf(detector("output0", 300, 6), "yolo-nms")).toEqual(["cat", "dog"]);
    expect(labelsOf(detector("output0", 84, 8400), "yolov8")).toBeNull();
    expect(labelsOf(detector("output0", 6, 8400), "yolov8", ["a", "b"])).toEqual(["a", "b"]);
  });

  test("names nothing when it has another number of classes, or one twice", () => {
    expect(columnsOf(resolved(saying({ classNames: ["cat", "dog"] })))).toEqual(["y_0", "y_1", "y_2"]);
    expect(columnsOf(resolved(saying({ classNames: ["cat", "cat", "dog"] })))).toEqual(["y_0", "y_1", "y_2"]);
  });
});

describe("a model whose items depend on each other", () => {
  const dependent: ModelSignature = { ...table, dependentItems: true };

  test("runs one item at a time, unless more are asked for", () => {
    expect(resolved(dependent)).toMatchObject({ batch: 1, fixedBatch: null, runsAlone: true });
    expect(resolved(dependent, { batch: 8 })).toMatchObject({ batch: 8 });
    expect(resolved(dependent, { batch: 8 })).not.toHaveProperty("runsAlone");
  });

  test("is refused where it cannot run one at a time", () => {
    expect(refused({ ...signature([float("x", 10, 4)], [output("y", 10, 3)]), dependentItems: true })).toContain(
      "model/unsupported",
    );
  });
});
