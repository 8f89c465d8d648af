import { describe, expect, test } from "vitest";
import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import { createImageTensorWriter } from "../../../native-worker/readers/images/image-tensor.ts";
import { createPictureFitter } from "../../../native-worker/readers/images/image-resize.ts";
import { turnImage } from "../../../native-worker/readers/images/image-turn.ts";
import { seededRandom } from "../../helpers/random.ts";

const fitter = createPictureFitter();

type Pixels = { readonly bytes: Uint8Array; readonly width: number; readonly height: number };

function fitImage(
  picture: Pixels,
  width: number,
  height: number,
  resize: ImageScorer["resize"],
  pad?: ImageScorer["pad"],
): Uint8Array {
  fitter.pixels(picture).set(picture.bytes);
  return fitter.fit(picture, width, height, { resize, pad }).slice();
}

/** A picture of one gray value a pixel, given row by row; its fourth bytes must not matter. */
function grayPixels(rows: readonly (readonly number[])[]): Pixels {
  const bytes = Uint8Array.from(rows.flat().flatMap((value, index) => [value, value, value, index % 256]));
  return { bytes, width: rows[0]?.length ?? 0, height: rows.length };
}

const grays = (bytes: Uint8Array, width: number) =>
  Array.from({ length: bytes.length / 3 / width }, (_, y) =>
    Array.from({ length: width }, (_, x) => bytes[(y * width + x) * 3]),
  );

/** The average over the covered area, in plain arithmetic: the definition. */
function areaAverage(rows: readonly (readonly number[])[], width: number, height: number): number[][] {
  const overlap = (pixel: number, from: number, to: number) =>
    Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel));
  const [down, across] = [rows.length / height, (rows[0]?.length ?? 0) / width];
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      let sum = 0;
      rows.forEach((row, sourceY) => {
        row.forEach((value, sourceX) => {
          sum += value * overlap(sourceX, x * across, (x + 1) * across) * overlap(sourceY, y * down, (y + 1) * down);
        });
      });
      return sum / (across * down);
    }),
  );
}

describe("stretch", () => {
  test("the same size changes nothing", () => {
    const random = seededRandom(3);
    const rows = Array.from({ length: 5 }, () => Array.from({ length: 7 }, () => Math.floor(random() * 256)));
    expect(grays(fitImage(grayPixels(rows), 7, 5, "stretch"), 7)).toEqual(rows);
  });

  test("shrinking averages the covered area, by whole and by broken ratios", () => {
    const random = seededRandom(4);
    const rows = Array.from({ length: 13 }, () => Array.from({ length: 17 }, () => Math.floor(random() * 256)));
    for (const [width, height] of [
      [1, 1],
      [5, 4],
      [16, 12],
      [8, 13],
      [17, 3],
    ] as const) {
      const wanted = areaAverage(rows, width, height);
      const found = grays(fitImage(grayPixels(rows), width, height, "stretch"), width);
      found.forEach((row, y) => {
        row.forEach((value, x) => {
          // Rounded to a whole number, from sums of float32.
          expect(Math.abs((value ?? 0) - (wanted[y]?.[x] ?? 0))).toBeLessThanOrEqual(0.5001);
        });
      });
    }
  });

  test("thousands of rows and columns in one pixel are all counted", () => {
    const tall = Array.from({ length: 5000 }, (_, row) => [row < 2500 ? 255 : 15]);
    expect(grays(fitImage(grayPixels(tall), 1, 1, "stretch"), 1)).toEqual([[135]]);
    const wide = [Array.from({ length: 5000 }, (_, column) => (column < 2500 ? 255 : 15))];
    expect(grays(fitImage(grayPixels(wide), 1, 1, "stretch"), 1)).toEqual([[135]]);
    expect(grays(fitImage(grayPixels(tall), 1, 2, "stretch"), 1)).toEqual([[255], [15]]);
  });

  test("a small picture after a huge one is right, and so is the next huge one", () => {
    const huge = { width: 5000, height: 5000 };
    for (const value of [40, 200]) {
      fitter.pixels(huge).fill(value);
      expect(new Set(fitter.fit(huge, 3, 3, { resize: "stretch" }))).toEqual(new Set([value]));
      expect(grays(fitImage(grayPixels([[0, 100]]), 2, 1, "stretch"), 2)).toEqual([[0, 100]]);
    }
  });

  test("growing interpolates between the centres of pixels and keeps the edges", () => {
    expect(grays(fitImage(grayPixels([[0, 100]]), 4, 1, "stretch"), 4)).toEqual([[0, 25, 75, 100]]);
    expect(grays(fitImage(grayPixels([[0], [100]]), 1, 4, "stretch"), 1)).toEqual([[0], [25], [75], [100]]);
  });

  test("one axis may shrink while the other grows", () => {
    expect(grays(fitImage(grayPixels([[0, 100, 200, 40]]), 2, 2, "stretch"), 2)).toEqual([
      [50, 120],
      [50, 120],
    ]);
  });

  test("red, green and blue do not mix", () => {
    const pixels: Pixels = { bytes: Uint8Array.of(10, 20, 30, 255, 30, 60, 90, 0), width: 2, height: 1 };
    expect(Array.from(fitImage(pixels, 1, 1, "stretch"))).toEqual([20, 40, 60]);
  });
});

describe("keeping proportions", () => {
  const wide = grayPixels([
    [10, 20, 30, 40],
    [10, 20, 30, 40],
  ]);

  test("leaves borders in the colour that is asked for when it is contained", () => {
    const wide = grayPixels(
      [
        [10, 20],
        [10, 20],
      ].map((row) => [...row, ...row]),
    );
    const gray = fitImage(wide, 4, 4, "contain", [114, 114, 114]);
    expect(grays(gray, 4)).toEqual([
      [114, 114, 114, 114],
      [10, 20, 10, 20],
      [10, 20, 10, 20],
      [114, 114, 114, 114],
    ]);
    const coloured = fitImage(wide, 4, 4, "contain", [1, 2, 3]);
    expect([...coloured.subarray(0, 6)]).toEqual([1, 2, 3, 1, 2, 3]);
    expect([...coloured.subarray(-3)]).toEqual([1, 2, 3]);
    expect([...coloured.subarray(12, 15)]).toEqual([10, 10, 10]);
  });

  test("contain leaves black borders", () => {
    expect(grays(fitImage(wide, 4, 4, "contain"), 4)).toEqual([
      [0, 0, 0, 0],
      [10, 20, 30, 40],
      [10, 20, 30, 40],
      [0, 0, 0, 0],
    ]);
    expect(grays(fitImage(wide, 2, 2, "contain"), 2)).toEqual([
      [15, 35],
      [0, 0],
    ]);
  });

  test("cover cuts off both sides alike", () => {
    expect(grays(fitImage(wide, 2, 2, "cover"), 2)).toEqual([
      [20, 30],
      [20, 30],
    ]);
    expect(grays(fitImage(wide, 1, 1, "cover"), 1)).toEqual([[25]]);
  });
});

describe("turning", () => {
  // 1 2 3
  // 4 5 6
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6].flatMap((value) => [value, value, value]));
  const turned = (orientation: number) => grays(turnImage(bytes, 3, 2, orientation), orientation >= 5 ? 2 : 3);

  test("the eight orientations of EXIF", () => {
    expect(Array.from({ length: 8 }, (_, index) => turned(index + 1))).toEqual([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [3, 2, 1],
        [6, 5, 4],
      ],
      [
        [6, 5, 4],
        [3, 2, 1],
      ],
      [
        [4, 5, 6],
        [1, 2, 3],
      ],
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
      [
        [4, 1],
        [5, 2],
        [6, 3],
      ],
      [
        [6, 3],
        [5, 2],
        [4, 1],
      ],
      [
        [3, 6],
        [2, 5],
        [1, 4],
      ],
    ]);
  });
});

describe("values", () => {
  const base: ImageScorer = {
    kind: "image",
    input: { name: "image", type: "float32", shape: [null, 3, 1, 2] },
    height: 1,
    width: 2,
    resize: "stretch",
    color: "rgb",
    layout: "nchw",
    scale: [0.5, 0.5, 0.5],
    mean: [1, 2, 3],
    std: [1, 2, 4],
    outputs: [{ name: "o", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["o"] }],
    keep: [],
    batch: "auto",
    fixedBatch: null,
  };
  const pixels = Uint8Array.of(10, 20, 30, 40, 50, 60);
  const values = (change: Partial<ImageScorer>, index = 0) => {
    const writer = createImageTensorWriter({ ...base, ...change });
    if (writer === null) return null;
    const target = writer.allocate(index + 1);
    writer.write(pixels, target, index);
    return Array.from(target as Float32Array).slice(index * writer.length);
  };

  test("(pixel × scale − mean) / std, in the model's layout and order of channels", () => {
    expect(values({})).toEqual([4, 19, 4, 11.5, 3, 6.75]);
    expect(values({}, 2)).toEqual([4, 19, 4, 11.5, 3, 6.75]);
    expect(values({ layout: "nhwc" })).toEqual([4, 4, 3, 19, 11.5, 6.75]);
    expect(values({ color: "bgr" })).toEqual([14, 29, 4, 11.5, 0.5, 4.25]);
  });

  test("levels proportional to light, by the curve of sRGB", () => {
    const plain: Partial<ImageScorer> = { gamma: "linear", scale: [1, 1, 1], mean: [0, 0, 0], std: [1, 1, 1] };
    // 255 × ((level / 255 + 0.055) / 1.055) ^ 2.4, and level / 12.92 for 10, which is in the straight part.
    const expected = [0.774, 5.411, 1.784, 8.133, 3.311, 11.522];
    expect(values(plain)).toEqual(expected.map((level) => expect.closeTo(level, 2)));
  });

  test("gray is weighed as eyes see it", () => {
    const plain = { color: "gray", scale: [1], mean: [0], std: [1] } as const;
    expect(values({ ...plain, scale: [1], mean: [0], std: [1] })).toEqual([
      Math.round(10 * 0.299 + 20 * 0.587 + 30 * 0.114),
      Math.round(40 * 0.299 + 50 * 0.587 + 60 * 0.114),
    ]);
  });

  test("other types of input: half precision as bits, whole numbers rounded and kept in range", () => {
    const typed = (type: ImageScorer["input"]["type"]) => ({ ...base.input, type });
    const miniBatch = { scale: [1, 1, 1], mean: [0, 0, 0], std: [1, 1, 1] };
    expect(values({ ...miniBatch, input: typed("uint8") })).toEqual([10, 40, 20, 50, 30, 60]);
    expect(values({ ...miniBatch, mean: [20, 20, 20], input: typed("uint8") })).toEqual([0, 20, 0, 30, 10, 40]);
    expect(values({ ...miniBatch, scale: [0.1, 0.1, 0.1], input: typed("float16") })?.[0]).toBe(0x3c00);
    expect(values({ input: typed("string") })).toBeNull();
  });
});
