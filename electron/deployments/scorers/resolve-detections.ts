import { failure, type Result, success } from "../../contract/problem.ts";
import {
  type DetectionFormat,
  detectionFormats,
  type DetectionLayout,
  type Detections,
  detectionShapes,
} from "../../contract/nouns/scorers/detections.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, OutputInfo } from "../../contract/signature.ts";
import { described, isFloat, namesOf } from "./tensor-facts.ts";

const defaultScore = 0.25;
const defaultIou = 0.45;

/** A layout, and how many classes it has; null where the shapes do not tell. */
type Found = { readonly layout: DetectionLayout; readonly classes: number | null };

/**
 * How the outputs of a model become detections: which output holds what is told by the names that exporters give, else by
 * the shapes. `labels` are those of scorer.yml; null: those of the model's metadata, if it has some. Problems: scorer/invalid.
 */
export function resolveDetections(
  kind: string,
  signature: ModelSignature,
  said: NonNullable<ScorerFile["output"]>,
  labels: readonly string[] | null,
): Result<Detections> {
  const { detections } = said;
  if (detections === undefined) throw new Error("scorer.yml says nothing of detections");
  if (kind !== "image") return failure("scorer/invalid:detections-kind", { kind });
  const beside = (["outputs", "softmax", "top_k", "pool", "normalize", "images"] as const).find((key) =>
    Boolean(said[key]),
  );
  if (beside !== undefined) return failure("scorer/invalid:detections-beside", { key: beside });
  const { format } = detections;
  const found = layouts[format](signature, labels?.length ?? null);
  if (!found.ok) return found;
  const { layout, classes } = found.value;
  if (labels !== null && classes !== null && labels.length !== classes) {
    return failure("scorer/invalid:detections-labels", { format, labels: labels.length, classes });
  }
  return success({
    layout,
    score: detections.score ?? defaultScore,
    iou: detections.iou ?? (doesItself(layout) ? null : defaultIou),
    labels: labels === null ? ownLabels(signature, format, classes) : [...labels],
  });
}

/** The names in the model's metadata, where they are as many as its classes; the exporters of YOLO write them. */
function ownLabels({ metadata }: ModelSignature, format: DetectionFormat, classes: number | null): string[] | null {
  const names = metadata?.classNames;
  if (names === undefined) return null;
  return names.length === classes || (classes === null && format === "yolo-nms") ? [...names] : null;
}

/** Whether a run can hold one picture alone: its boxes are not told apart by picture. */
export function isOnePictureARun({ layout }: Detections): boolean {
  return layout.format === "yolo-nms" && layout.isFlat;
}

/** Whether the model leaves overlapping boxes out itself, or is trained to give none. */
function doesItself(layout: DetectionLayout): boolean {
  if (layout.format === "ssd") return layout.classes !== null;
  return layout.format === "yolo-nms" || layout.format === "detr";
}

type FindLayout = (signature: ModelSignature, labels: number | null) => Result<Found>;

const layouts: Readonly<Record<DetectionFormat, FindLayout>> = {
  yolov5(signature) {
    const found = choose("yolov5", signature, [], (output) => (valuesABox(signature, output) ?? 0) > 5);
    if (!found.ok) return found;
    const layout = { format: "yolov5", predictions: tensor(found.value) } as const;
    return success({ layout, classes: lastOf(found.value) - 5 });
  },
  yolov8(signature, labels) {
    const valuesIn = ({ shape: [, one = null, other = null] }: OutputInfo) => valuesOf(one, other, labels);
    const found = choose("yolov8", signature, [], (output) => {
      return output.shape.length === 3 && isPerPicture(signature, output) && (valuesIn(output)?.values ?? 0) > 4;
    });
    if (!found.ok) return found;
    const { values, boxesFirst } = valuesIn(found.value) as Values;
    const layout = { format: "yolov8", predictions: tensor(found.value), boxesFirst } as const;
    return success({ layout, classes: values - 4 });
  },
  "yolo-nms"(signature) {
    const isFlat = ({ shape }: OutputInfo) => shape.length === 2 && shape[1] === 7 && (signature.fixedBatch ?? 1) === 1;
    const found = choose("yolo-nms", signature, [], (output) => isFlat(output) || valuesABox(signature, output) === 6);
    if (!found.ok) return found;
    const layout = { format: "yolo-nms", predictions: tensor(found.value), isFlat: isFlat(found.value) } as const;
    return success({ layout, classes: null });
  },
  ssd(signature) {
    const boxes = choose("ssd", signature, ["detection_boxes", "bboxes", "boxes"], (output) => {
      return valuesABox(signature, output) === 4;
    });
    if (!boxes.ok) return boxes;
    const isOneABox = (output: OutputInfo) => output.shape.length === 2 && isPerPicture(signature, output);
    const scores = choose("ssd", signature, ["detection_scores", "scores", "confidences"], (output) => {
      const isScore = isOneABox(output) || (valuesABox(signature, output) ?? 0) > 1;
      return isFloat(output.type) && output.name !== boxes.value.name && isScore;
    });
    if (!scores.ok) return scores;
    const count = signature.outputs.find((output) => baseName(output) === "num_detections");
    const known = {
      ...{ format: "ssd" as const, boxes: tensor(boxes.value), scores: tensor(scores.value) },
      ...{ count: count === undefined ? null : tensor(count), yFirst: baseName(boxes.value) === "detection_boxes" },
    };
    if (!isOneABox(scores.value)) {
      return success({ layout: { ...known, classes: null }, classes: lastOf(scores.value) - 1 });
    }
    const classes = choose("ssd", signature, ["detection_classes", "labels", "classes"], (output) => {
      return isOneABox(output) && output.name !== scores.value.name;
    });
    if (!classes.ok) return classes;
    return success({ layout: { ...known, classes: tensor(classes.value) }, classes: null });
  },
  detr(signature, labels) {
    const boxes = choose("detr", signature, ["pred_boxes", "boxes"], (output) => valuesABox(signature, output) === 4);
    if (!boxes.ok) return boxes;
    const logits = choose("detr", signature, ["logits", "pred_logits"], (output) => {
      return output.name !== boxes.value.name && (valuesABox(signature, output) ?? 0) > 1;
    });
    if (!logits.ok) return logits;
    const values = lastOf(logits.value);
    // RT-DETR has no class for nothing, which only the number of labels shows.
    const isSigmoid = values === labels;
    const layout = { format: "detr", logits: tensor(logits.value), boxes: tensor(boxes.value), isSigmoid } as const;
    return success({ layout, classes: isSigmoid ? values : values - 1 });
  },
};

type Values = { readonly values: number; readonly boxesFirst: boolean };

/**
 * Which dimension of yolov8's output holds a box's values: the one that the labels ask for, else the one that is known,
 * else the shorter one. Null when neither is known.
 */
function valuesOf(one: number | null, other: number | null, labels: number | null): Values | null {
  const wanted = labels === null ? undefined : labels + 4;
  if (one !== null && (one === wanted || other === null)) return { values: one, boxesFirst: false };
  if (other !== null && (other === wanted || one === null)) return { values: other, boxesFirst: true };
  if (one === null || other === null) return null;
  return one <= other ? { values: one, boxesFirst: false } : { values: other, boxesFirst: true };
}

/** The one output of floats or whole numbers that `fits`; of several the one with the first of `names` that any has. */
function choose(
  format: DetectionFormat,
  { outputs }: ModelSignature,
  names: readonly string[],
  fits: (output: OutputInfo) => boolean,
): Result<OutputInfo> {
  const fitting = outputs.filter((output) => output.type !== "string" && output.type !== "bool" && fits(output));
  const named = names.flatMap((name) => fitting.filter((output) => baseName(output) === name));
  const [first, second] = named.length > 0 ? named.slice(0, 1) : fitting;
  if (first === undefined) {
    const known = { format, shapes: detectionShapes[format], formats: detectionFormats };
    return failure("scorer/invalid:detections-shape", { ...known, outputs: outputs.map(described) });
  }
  if (second !== undefined) {
    return failure("scorer/invalid:detections-several", { format, outputs: namesOf(fitting) });
  }
  return success(first);
}

/** How many values each of a picture's boxes has in an output [N, boxes, values]; null when it is none, or they are not known. */
function valuesABox(signature: ModelSignature, output: OutputInfo): number | null {
  return output.shape.length === 3 && isPerPicture(signature, output) ? (output.shape[2] ?? null) : null;
}

/** Whether the first dimension is the batch; one that is not known is. */
function isPerPicture({ fixedBatch }: ModelSignature, { shape }: OutputInfo): boolean {
  return shape[0] === null || shape[0] === fixedBatch;
}

function lastOf({ shape }: OutputInfo): number {
  return shape[2] as number;
}

/** TensorFlow's outputs have their number behind the name. */
function baseName({ name }: OutputInfo): string {
  return name.replace(/:\d+$/, "").toLowerCase();
}

function tensor({ name, type }: OutputInfo): { name: string; type: OutputInfo["type"] } {
  return { name, type };
}
