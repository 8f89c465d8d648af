import * as z from "zod";
import { tensorTypeSchema } from "../../signature.ts";
import type { ScorerOutput } from "./scorer-parts.ts";

const tensorSchema = z.strictObject({ name: z.string(), type: tensorTypeSchema });

/**
 * How the outputs of a detector are laid out, as its exporter writes them; N pictures, and pixels of the model's input. Scores and
 * coordinates may be of any float type.
 * - `yolov5` (Ultralytics YOLOv5 and YOLOv7 `export.py`): [N, boxes, 5 + classes], each box centre x, centre y, width, height in
 *   pixels, how sure it is an object, and a score a class; its score is the product of both.
 * - `yolov8` (Ultralytics from YOLOv8 on): [N, 4 + classes, boxes], each box centre x, centre y, width, height in pixels and a score a
 *   class; `boxesFirst`: the same transposed, [N, boxes, 4 + classes].
 * - `yolo-nms` (Ultralytics with `nms=True`, YOLOv10): [N, boxes, 6], each box x1, y1, x2, y2 in pixels, score, class, with rows of
 *   score 0 behind the last; `isFlat` (YOLOv7 with `--end2end`): [boxes, 7], picture, x1, y1, x2, y2, class, score.
 * - `ssd`: boxes [N, boxes, 4] as shares of the picture's sides, and either the class and the score of each, [N, boxes]
 *   both, or (`classes` null) a score a class, [N, boxes, classes], the first being the background. `count` [N]: how many boxes count.
 *   Either `yFirst` as TensorFlow's Object Detection API has them (ymin, xmin, ymax, xmax), or xmin, ymin, xmax, ymax as the SSD of
 *   the ONNX model zoo. Both count classes from 1, after the background.
 * - `detr` (Facebook's and Hugging Face's): logits [N, queries, classes + 1], of which softmax is taken and the last is no object;
 *   `isSigmoid` (RT-DETR): [N, queries, classes]; boxes [N, queries, 4], centre x, centre y, width, height as shares of the sides.
 */
const layoutSchema = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal("yolov5"), predictions: tensorSchema }),
  z.strictObject({ format: z.literal("yolov8"), predictions: tensorSchema, boxesFirst: z.boolean() }),
  z.strictObject({ format: z.literal("yolo-nms"), predictions: tensorSchema, isFlat: z.boolean() }),
  z.strictObject({
    format: z.literal("ssd"),
    boxes: tensorSchema,
    scores: tensorSchema,
    classes: tensorSchema.nullable(),
    count: tensorSchema.nullable(),
    yFirst: z.boolean(),
  }),
  z.strictObject({ format: z.literal("detr"), logits: tensorSchema, boxes: tensorSchema, isSigmoid: z.boolean() }),
]);
export type DetectionLayout = Readonly<z.infer<typeof layoutSchema>>;
export type DetectionFormat = DetectionLayout["format"];

export const detectionFormats = ["yolov5", "yolov8", "yolo-nms", "ssd", "detr"] as const;

/** The outputs that a format asks for, as its sentences and documents show them. */
export const detectionShapes: Readonly<Record<DetectionFormat, string>> = {
  yolov5: "[N, boxes, 5 + classes]",
  yolov8: "[N, 4 + classes, boxes]",
  "yolo-nms": "[N, boxes, 6]",
  ssd: "[N, boxes, 4], [N, boxes], [N, boxes]",
  detr: "[N, queries, classes + 1], [N, queries, 4]",
};

/** What scorer.yml says of detections. */
export const detectionsFileSchema = z.strictObject({
  format: z.enum(detectionFormats),
  /** A box needs a score above it; left out: 0.25. */
  score: z.number().min(0).max(1).optional(),
  /**
   * Of two boxes of a class that overlap by more (as intersection over union) the one with the lower score is left out; left out:
   * 0.45 for the formats whose models do not do it themselves, none for the others.
   */
  iou: z.number().min(0).max(1).optional(),
  labels: z.union([z.string(), z.array(z.string()).nonempty()]).optional(),
});

/** How the outputs of a model become a row a box. */
export const detectionsSchema = z.strictObject({
  layout: layoutSchema,
  score: z.number(),
  /** Null: overlapping boxes stay. */
  iou: z.number().nullable(),
  /** By class, the first being class 0 (of ssd, 1); null: the class's number is its label. */
  labels: z.array(z.string()).nullable(),
});
export type Detections = Readonly<z.infer<typeof detectionsSchema>>;

/** Names of the model's outputs that are read. */
export function detectionOutputs({ layout }: Detections): readonly string[] {
  const tensors = (() => {
    switch (layout.format) {
      case "ssd":
        return [layout.boxes, layout.scores, layout.classes, layout.count];
      case "detr":
        return [layout.logits, layout.boxes];
      default:
        return [layout.predictions];
    }
  })();
  return tensors.flatMap((tensor) => tensor?.name ?? []);
}

const writtenOutput = { labels: null, softmax: false, topK: 0 };

/** What is written of a box, in two groups of columns: its label, and its score with its corners in pixels of the picture. */
export const detectionColumns: readonly [ScorerOutput, ScorerOutput] = [
  { ...writtenOutput, name: "label", type: "string", width: 1, columns: ["label"] },
  { ...writtenOutput, name: "box", type: "float32", width: 5, columns: ["score", "x1", "y1", "x2", "y2"] },
];

/** Detections as scorer.yml spells them. */
export function detectionWords({ layout, score, iou, labels }: Detections): Readonly<Record<string, unknown>> {
  return { format: layout.format, score, iou, labels };
}
