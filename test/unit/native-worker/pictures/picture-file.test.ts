import { inflateSync } from "node:zlib";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, it } from "vitest";
import type { OutputImage } from "../../../../electron/contract/nouns/scorers/output-images.ts";
import { pictureFile } from "../../../../native-worker/writers/pictures/picture-file.ts";

const image: OutputImage = {
  ...{ format: "png", as: "levels", range: [0, 255], bits: 8, size: "model" },
  ...{ layout: "nhwc", channels: 3 },
};

/** Red, green, blue and opacity of each pixel, as a reader that is not ours sees them. */
async function shown(file: Buffer): Promise<number[]> {
  const picture = await loadImage(file);
  const context = createCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  return [...context.getImageData(0, 0, picture.width, picture.height).data];
}

/** Colour type, bits and the bytes behind the filters of a PNG's rows. */
function inside(png: Buffer) {
  const at = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  return { bits: png[24], color: png[25], rows: [...rows] };
}

describe("a picture's file", () => {
  it("is a PNG with the levels that the values stand for, in colour and in gray", async () => {
    const values = [1, 2, 3, 250, 251, 252, 9, 8, 7, 0, 0, 255, 4, 4, 4, 5, 5, 5];
    const file = pictureFile(image, values, [3, 2, 3], null);
    expect(await shown(file)).toEqual(values.flatMap((level, at) => (at % 3 === 2 ? [level, 255] : [level])));
    const gray = pictureFile({ ...image, layout: "nhw", channels: 1 }, [7, 9], [1, 2], null);
    expect(inside(gray)).toMatchObject({ bits: 8, color: 0 });
    expect(await shown(gray)).toEqual([7, 7, 7, 255, 9, 9, 9, 255]);
  });

  it("has four channels where the values have", async () => {
    const file = pictureFile({ ...image, channels: 4 }, [1, 2, 3, 255, 9, 9, 9, 0], [1, 2, 4], null);
    expect(await shown(file)).toEqual([1, 2, 3, 255, 0, 0, 0, 0]);
    expect(inside(file)).toMatchObject({ color: 6, rows: [2, 1, 2, 3, 255, 9, 9, 9, 0] });
  });

  it("holds 16 bits, the higher byte first", () => {
    const deep: OutputImage = { ...image, layout: "nhw", channels: 1, bits: 16, range: [0, 65_535] };
    expect(inside(pictureFile(deep, [258, 513], [2, 1], null))).toEqual({
      bits: 16,
      color: 0,
      rows: [2, 1, 2, 2, 1, 255],
    });
  });

  it("shows classes in their colours and holds their numbers", async () => {
    const file = pictureFile({ ...image, as: "classes", layout: "nhw", channels: 1 }, [0, 1, 2, 15], [1, 4], null);
    expect(inside(file)).toEqual({ bits: 8, color: 3, rows: [2, 0, 1, 2, 15] });
    const colors = [0, 0, 0, 255, 128, 0, 0, 255, 0, 128, 0, 255, 192, 128, 128, 255];
    expect(await shown(file)).toEqual(colors);
  });

  it("is a JPEG near to the levels", async () => {
    const values = new Array<number>(16 * 16).fill(200);
    const jpeg: OutputImage = { ...image, format: "jpg", layout: "nhw", channels: 1 };
    const file = pictureFile(jpeg, values, [16, 16], null);
    expect(file.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    for (const level of (await shown(file)).filter((_, at) => at % 4 !== 3))
      expect(Math.abs(level - 200)).toBeLessThan(3);
  });

  it("is the scored picture with the values as its opacity", async () => {
    const size = { width: 2, height: 1 };
    const whole = { left: 0, top: 0, ...size };
    const input = {
      place: { size, from: whole, to: { left: 0, top: 0, width: 4, height: 4 } },
      taken: { width: 4, height: 4 },
      pixels: Uint8Array.from([10, 20, 30, 0, 40, 50, 60, 0]),
    };
    const cut: OutputImage = { ...image, as: "alpha", size: "input", layout: "nhw", channels: 1, range: [0, 1] };
    const file = pictureFile(cut, [1, 0, 1, 0], [2, 2], input);
    expect(inside(file)).toMatchObject({ color: 6, rows: [2, 10, 20, 30, 255, 40, 50, 60, 0] });
    expect(pictureFile(cut, [1, 0, 1, 0], [2, 2], input)).toEqual(file);
  });
});
