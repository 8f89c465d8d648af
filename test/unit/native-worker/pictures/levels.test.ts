import { describe, expect, it } from "vitest";
import type { OutputImage } from "../../../../electron/contract/nouns/scorers/output-images.ts";
import { classesOf, levelsOf, rounded } from "../../../../native-worker/writers/pictures/levels.ts";

const image: OutputImage = {
  ...{ format: "png", as: "levels", range: [0, 1], bits: 8, size: "model" },
  ...{ layout: "nchw", channels: 1 },
};

const row = (width: number) => ({ width, height: 1 });

function levels(values: readonly number[], said: Partial<OutputImage>) {
  const whole: OutputImage = { ...image, ...said };
  return [...rounded(levelsOf(values, row(values.length / whole.channels), whole), whole.bits).data];
}

describe("levels", () => {
  it("spread the range over all that the bits hold", () => {
    expect(levels([0, 0.25, 0.5, 1], {})).toEqual([0, 64, 128, 255]);
    expect(levels([-1, 0, 1], { range: [-1, 1] })).toEqual([0, 128, 255]);
    expect(levels([0, 0.5, 1], { bits: 16 })).toEqual([0, 32_768, 65_535]);
    expect(levels([0, 7, 255], { range: [0, 255] })).toEqual([0, 7, 255]);
  });

  it("are turned round by a range that falls", () => {
    expect(levels([0, 0.2, 1], { range: [1, 0] })).toEqual([255, 204, 0]);
  });

  it("end where the range does, and are lowest where there is no number", () => {
    expect(levels([-3, 2, Number.NaN, Infinity, -Infinity], {})).toEqual([0, 255, 0, 255, 0]);
    expect(levels([-3, Number.NaN, Infinity], { range: [1, 0] })).toEqual([255, 0, 0]);
  });

  it("go from the smallest to the largest finite value by themselves", () => {
    expect(levels([3, 5, 4, Number.NaN, Infinity], { range: "auto" })).toEqual([0, 255, 128, 0, 255]);
    expect(levels([7, 7], { range: "auto" })).toEqual([0, 0]);
    expect(levels([Number.NaN], { range: "auto" })).toEqual([0]);
  });

  it("of several channels lie side by side, wherever the model has its channels", () => {
    const planes = [10, 11, 20, 21, 30, 31];
    const pixels = [10, 20, 30, 11, 21, 31];
    const asIs = { range: [0, 255], channels: 3 } as const;
    expect(levels(planes, { ...asIs, layout: "nchw" })).toEqual(pixels);
    expect(levels(pixels, { ...asIs, layout: "nhwc" })).toEqual(pixels);
  });
});

describe("classes", () => {
  const classes = (values: readonly number[], said: Partial<OutputImage>) => {
    const whole: OutputImage = { ...image, as: "classes", ...said };
    return [...classesOf(values, row(values.length / whole.channels), whole).data];
  };

  it("are those of the best scores, of equals the first, and never of what is no number", () => {
    expect(classes([1, 0, 5, 2, 9, 5, 0, 3, Number.NaN], { channels: 3 })).toEqual([1, 1, 0]);
    expect(classes([1, 2, 0, 0, 9, 3], { channels: 3, layout: "nhwc" })).toEqual([1, 1]);
    expect(classes([Number.NaN, Number.NaN], { channels: 2 })).toEqual([0]);
  });

  it("of one channel are the numbers that stand there, as far as a byte holds them", () => {
    expect(classes([0, 20, 255, 300, -1], {})).toEqual([0, 20, 255, 255, 0]);
  });
});
