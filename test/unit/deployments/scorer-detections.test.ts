import { describe, expect, test } from "vitest";
import type { ScorerFile } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import type { OutputInfo, TensorInfo } from "../../../electron/contract/signature.ts";
import { float, output, refused, resolved, signature } from "../../helpers/deployments/model-signatures.ts";

const image = float("images", null, 3, 640, 640);
const single = float("images", 1, 3, 640, 640);
type Said = NonNullable<NonNullable<ScorerFile["output"]>["detections"]>;
const fileOf = (detections: Said, more: NonNullable<ScorerFile["output"]> = {}): ScorerFile => ({
  output: { ...more, detections },
});

function layoutOf(
  outputs: OutputInfo[],
  said: Said,
  labels: readonly string[] | null = null,
  input: TensorInfo = image,
) {
  const scorer = resolved(signature([input], outputs), fileOf(said), labels);
  if (scorer.kind !== "image" || scorer.detections === undefined) throw new Error("It has no detections.");
  return { ...scorer.detections, batch: scorer.batch, fixedBatch: scorer.fixedBatch };
}

const whole = (name: string, ...shape: (number | null)[]): OutputInfo => ({ ...output(name, ...shape), type: "int64" });
const names = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`);
const float32 = (name: string) => ({ name, type: "float32" });

describe("the layout of a detector", () => {
  test("has the defaults of its format", () => {
    const yolo = layoutOf([output("output0", null, 84, 8400)], { format: "yolov8" }, names(80));
    expect(yolo).toMatchObject({ score: 0.25, iou: 0.45, labels: names(80), fixedBatch: null });
    expect(yolo.layout).toEqual({ format: "yolov8", predictions: float32("output0"), boxesFirst: false });
    const nms = layoutOf([output("output0", null, 300, 6)], { format: "yolo-nms" });
    expect(nms).toMatchObject({ iou: null, labels: null, layout: { isFlat: false } });
    expect(layoutOf([output("output0", null, 300, 6)], { format: "yolo-nms", iou: 0.5 }).iou).toBe(0.5);
  });

  test("has the boxes of yolov8 in the longer dimension, in the open one, or beside what the labels ask for", () => {
    const firstIn = (shape: (number | null)[], labels: number | null = null) => {
      const { layout } = layoutOf(
        [output("o", null, ...shape)],
        { format: "yolov8" },
        labels === null ? null : names(labels),
      );
      return layout.format === "yolov8" && layout.boxesFirst;
    };
    expect(firstIn([8400, 84])).toBe(true);
    expect(firstIn([null, 84])).toBe(true);
    expect(firstIn([84, null])).toBe(false);
    expect(firstIn([20, 84], 80)).toBe(true);
    expect(firstIn([84, 20], 80)).toBe(false);
  });

  test("is found among other outputs by its shape, or by the names that exporters give", () => {
    const heads = [output("output0", 1, 25200, 85), output("head", 1, 3, 80, 80, 85)];
    expect(layoutOf(heads, { format: "yolov5" }, names(80), single).layout).toMatchObject({
      predictions: float32("output0"),
    });
    const tensorFlow = [
      output("detection_anchor_indices:0", null, 100),
      output("detection_boxes:0", null, 100, 4),
      output("detection_classes:0", null, 100),
      output("detection_multiclass_scores:0", null, 100, 91),
      output("detection_scores:0", null, 100),
      output("num_detections:0", null),
      output("raw_detection_boxes:0", null, 1917, 4),
    ];
    expect(layoutOf(tensorFlow, { format: "ssd" })).toMatchObject({
      iou: null,
      layout: {
        ...{ boxes: float32("detection_boxes:0"), scores: float32("detection_scores:0"), yFirst: true },
        ...{ classes: float32("detection_classes:0"), count: float32("num_detections:0") },
      },
    });
    const unnamed = [whole("a", null, null), output("b", null, null), output("c", null, null, 4)];
    expect(layoutOf(unnamed, { format: "ssd" }).layout).toMatchObject({
      ...{ boxes: float32("c"), scores: float32("b"), classes: { name: "a", type: "int64" }, yFirst: false },
    });
    const queries = [output("pred_boxes", null, 100, 4), output("logits", null, 100, 92)];
    expect(layoutOf(queries, { format: "detr" }, names(91)).layout).toMatchObject({ isSigmoid: false });
    expect(layoutOf(queries, { format: "detr" }, names(92)).layout).toMatchObject({ isSigmoid: true });
  });

  test("takes pictures one at a time where the boxes of a run are one list", () => {
    const flat = layoutOf([output("output", null, 7)], { format: "yolo-nms" });
    expect(flat).toMatchObject({ batch: 1, fixedBatch: 1, layout: { isFlat: true } });
    expect(
      refused(signature([float("images", 8, 3, 64, 64)], [output("o", null, 7)]), fileOf({ format: "yolo-nms" })),
    ).toContain("The format yolo-nms is of models that give [N, boxes, 6]");
  });
});

describe("what is refused", () => {
  const of = (outputs: OutputInfo[]) => signature([image], outputs);
  const yolo = of([output("output0", null, 84, 8400)]);

  test("is an output of another shape, of another batch, or one that the shape does not tell", () => {
    const said = refused(of([output("y", null, 1000)]), fileOf({ format: "yolov8" }));
    expect(said).toContain('[N, 4 + classes, boxes]; this one gives "y" float32[?, 1000]');
    expect(refused(yolo, fileOf({ format: "detr" }))).toContain("The format detr is of models that give");
    expect(refused(of([output("o", null, null, null)]), fileOf({ format: "yolov8" }))).toContain("The format yolov8");
    expect(refused(of([output("o", 4, 84, 8400)]), fileOf({ format: "yolov8" }))).toContain("The format yolov8");
  });

  test("is a choice that nothing decides", () => {
    const two = of([output("one", null, 84, 8400), output("two", null, 84, 8400)]);
    expect(refused(two, fileOf({ format: "yolov8" }))).toContain("outputs one, two holds what the format yolov8 reads");
  });

  test("is another number of labels than the model has classes", () => {
    expect(refused(yolo, fileOf({ format: "yolov8" }), names(3))).toContain(
      "gives 3 labels, and the model, read as yolov8, has 80 classes",
    );
    const detr = of([output("logits", null, 100, 92), output("pred_boxes", null, 100, 4)]);
    expect(refused(detr, fileOf({ format: "detr" }), names(80))).toContain("has 91 classes");
  });

  test("is what does nothing beside detections, and another kind than pictures", () => {
    for (const more of [{ outputs: ["output0"] }, { softmax: true }, { top_k: 1 }] as const) {
      const key = Object.keys(more)[0];
      expect(refused(yolo, fileOf({ format: "yolov8" }, more as never))).toContain(
        `"output.${key}" in scorer.yml does nothing`,
      );
    }
    expect(refused(signature([float("x", null, 4)]), fileOf({ format: "yolov8" }))).toContain("the kind is tabular");
    expect(refused(yolo, fileOf({ format: "yolov8" }, { keep: ["id"] }))).toContain("pictures have none");
  });
});
