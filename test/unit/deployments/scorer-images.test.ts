import { describe, expect, test } from "vitest";
import type { OutputImageFile } from "../../../electron/contract/nouns/scorers/output-images.ts";
import type { ScorerFile } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import type { OutputInfo, TensorInfo } from "../../../electron/contract/signature.ts";
import { float, output, refused, resolved, signature } from "../../helpers/deployments/model-signatures.ts";

const picture = float("image", null, 3, 64, 64);
const fileOf = (said: OutputImageFile, more: NonNullable<ScorerFile["output"]> = {}): ScorerFile => ({
  output: { ...more, images: { mask: said } },
});
const mask = (...shape: (number | null)[]) => output("mask", null, ...shape);
const whole = (info: OutputInfo): OutputInfo => ({ ...info, type: "uint8" });

function imageOf(info: OutputInfo, said: OutputImageFile = {}, input: TensorInfo = picture) {
  const scorer = resolved(signature([input], [info]), fileOf(said));
  return { ...scorer.outputs[0], batch: scorer.batch };
}

function whyNot(info: OutputInfo, said: OutputImageFile, more: NonNullable<ScorerFile["output"]> = {}) {
  return refused(signature([picture], [info, output("score", null, 2)]), fileOf(said, more));
}

describe("an output written as a picture", () => {
  test("is one column whose channels are the smaller of the outer dimensions, however few its values", () => {
    const places = [
      [mask(8, 8), { layout: "nhw", channels: 1 }],
      [mask(1, 8, 8), { layout: "nchw", channels: 1 }],
      [mask(3, 512, 512), { layout: "nchw", channels: 3 }],
      [mask(512, 512, 4), { layout: "nhwc", channels: 4 }],
      [mask(null, null, 3), { layout: "nhwc", channels: 3 }],
      [mask(1, null, null), { layout: "nchw", channels: 1 }],
    ] as const;
    for (const [info, image] of places) {
      expect(imageOf(info)).toMatchObject({
        columns: ["mask"],
        width: 1,
        array: { shape: info.shape.slice(1) },
        image,
      });
    }
  });

  test("has the defaults of its type", () => {
    const { image } = imageOf(mask(1, 8, 8));
    expect(image).toMatchObject({ format: "png", as: "levels", range: [0, 1], bits: 8, size: "model" });
    expect(imageOf(whole(mask(1, 8, 8))).image).toMatchObject({ range: [0, 255] });
    expect(imageOf(whole(mask(1, 8, 8)), { bits: 16 }).image).toMatchObject({ range: [0, 65_535] });
  });

  test("runs alone where the scored picture is kept for it, and few together else", () => {
    expect(imageOf(mask(1, 8, 8), { as: "alpha" })).toMatchObject({ batch: 1, image: { size: "input" } });
    expect(imageOf(mask(1, 8, 8)).batch).toBe(16);
    expect(imageOf(mask(1, null, null)).batch).toBe(1);
  });

  test("may have any number of classes that a byte tells apart", () => {
    expect(imageOf(mask(21, 64, 64), { as: "classes" }).image).toMatchObject({ layout: "nchw", channels: 21 });
    expect(imageOf(mask(64, 64, 3), { as: "classes" }).image).toMatchObject({ layout: "nhwc", channels: 3 });
    expect(whyNot(mask(300, 512, 512), { as: "classes" })).toContain("the channels being at most 256.");
  });

  test("is refused where the shape is that of no picture", () => {
    const shapes = [[64], [21, 64, 64], [2, 64, 64], [null, null, null], [1, 1, 64, 64]];
    for (const shape of shapes) {
      expect(whyNot(mask(...shape), {})).toContain("is no picture, which is [N, height, width]");
    }
    expect(whyNot({ ...mask(8, 8), type: "string" }, {})).toContain("the channels being 1, 3, or 4.");
    expect(whyNot(mask(4, 8, 8), { format: "jpg" })).toContain("the channels being 1 or 3.");
    expect(whyNot(mask(3, 8, 8), { as: "alpha" })).toContain("the channels being 1.");
  });

  test("is refused where settings do not go together", () => {
    const opposites: readonly OutputImageFile[] = [
      { bits: 16, format: "jpg" },
      { as: "alpha", format: "jpg" },
      { as: "classes", format: "jpg" },
      { as: "alpha", bits: 16 },
      { as: "classes", range: [0, 1] },
      { as: "alpha", size: "model" },
    ];
    for (const said of opposites) expect(whyNot(mask(1, 8, 8), said)).toContain("does not go together");
    expect(whyNot(mask(1, 8, 8), { range: [2, 2] })).toContain("begins and ends at 2");
    expect(whyNot(mask(1, 8, 8), {}, { detections: { format: "yolov8" } })).toContain("output.images");
  });

  test("is refused where there is no such output, or none that is written", () => {
    const unknown = refused(signature([picture], [output("score", null, 2)]), fileOf({}));
    expect(unknown).toContain('no output "mask"');
    expect(whyNot(mask(1, 8, 8), {}, { outputs: ["score"] })).toContain("which output.outputs leaves out");
  });

  test("has the size of a scored picture only where pictures are scored", () => {
    const table = signature([float("features", null, 2)], [mask(8, 8)]);
    expect(resolved(table, fileOf({})).outputs[0]?.image).toMatchObject({ layout: "nhw" });
    for (const said of [{ size: "input" }, { as: "alpha" }] as const) {
      expect(refused(table, fileOf(said))).toContain("needs pictures that are scored, and the kind is tabular");
    }
  });
});
