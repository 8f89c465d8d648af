import { describe, expect, it } from "vitest";
import type { FitRules } from "../../../../native-worker/readers/images/image-resize.ts";
import { picturePlace } from "../../../../native-worker/readers/images/picture-place.ts";
import { backToInput } from "../../../../native-worker/writers/pictures/back-to-input.ts";

/** What a model gives of a picture of `width × height` that was fitted into 8 × 8 by `rules`, brought back. */
function back(
  [width, height]: readonly [number, number],
  rules: Partial<FitRules>,
  given: { readonly side: number; readonly data: readonly number[] },
  { orientation = 1, keepsValues = false } = {},
) {
  const place = picturePlace({ width, height }, 8, 8, { resize: "stretch", ...rules }, orientation);
  const raster = { width: given.side, height: given.side, channels: 1, data: Float32Array.from(given.data) };
  const found = backToInput(raster, { place, taken: { width: 8, height: 8 }, pixels: null }, 8, keepsValues);
  expect(found.data).toHaveLength(found.width * found.height);
  return { ...found, data: [...found.data] };
}

const square = (side: number, level: (x: number, y: number) => number) => ({
  side,
  data: Array.from({ length: side * side }, (_, at) => level(at % side, Math.floor(at / side))),
});

describe("a picture brought back to the size of the one that was scored", () => {
  it("has that one's size and, between the model's pixels, what lies between them", () => {
    const found = back(
      [4, 2],
      {},
      square(2, (x) => 100 * x),
    );
    expect([found.width, found.height]).toEqual([4, 2]);
    expect(found.data).toEqual([0, 25, 75, 100, 0, 25, 75, 100]);
  });

  it("is the same again where the sizes are", () => {
    const given = square(8, (x, y) => 8 * y + x);
    expect(back([8, 8], {}, given).data).toEqual(given.data);
  });

  it("leaves out the border of contain, however near", () => {
    // 8 × 4 stands in rows 2 to 5.
    const found = back(
      [8, 4],
      { resize: "contain" },
      square(8, (_, y) => (y < 2 || y > 5 ? 200 : 10 * y)),
    );
    expect(found.data.filter((_, at) => at % 8 === 0)).toEqual([20, 30, 40, 50]);
    const wide = back(
      [16, 8],
      { resize: "contain" },
      square(8, (_, y) => (y < 2 || y > 5 ? 200 : 10)),
    );
    expect(new Set(wide.data)).toEqual(new Set([10]));
  });

  it("is 0 where the picture was cut off before the model saw it", () => {
    const found = back(
      [16, 8],
      { resize: "cover" },
      square(4, () => 9),
    );
    const middle = [...new Array<number>(4).fill(0), ...new Array<number>(8).fill(9), ...new Array<number>(4).fill(0)];
    expect(found.data.slice(0, 16)).toEqual(middle);
    const cropped = back(
      [8, 8],
      { resizeShorter: 16, resize: "cover" },
      square(4, () => 9),
    );
    expect(cropped.data.filter((level) => level === 9)).toHaveLength(16);
  });

  it("keeps class numbers as they are", () => {
    const found = back(
      [5, 5],
      {},
      square(2, (x) => (x === 0 ? 3 : 200)),
      { keepsValues: true },
    );
    expect(new Set(found.data)).toEqual(new Set([3, 200]));
  });

  it("is turned as the picture is shown", () => {
    // Stored 2 × 4, shown 4 × 2: the model saw it turned, and what it gave is upright.
    const found = back(
      [2, 4],
      {},
      square(8, (x) => (x < 4 ? 0 : 100)),
      { orientation: 6, keepsValues: true },
    );
    expect([found.width, found.height]).toEqual([4, 2]);
    expect(found.data).toEqual([0, 0, 100, 100, 0, 0, 100, 100]);
  });
});
