import { detector, type DetectorOutput, transposed } from "./detectors.ts";

/** Something to be found: corners in pixels of a model of 64 by 64, a class (0 or 1), and how sure the model is of it in white. */
export type Thing = {
  readonly corners: readonly [number, number, number, number];
  readonly group: 0 | 1;
  readonly score: number;
};

const size = 64;

/** The same things as each layout has them: in a white picture with their scores, in a black one with none. */
export const detectorLayouts: Readonly<Record<string, (things: readonly Thing[]) => Uint8Array>> = {
  yolov5: (things) => yolov5(things, "float"),
  "yolov5 of float16": (things) => yolov5(things, "float16"),
  yolov8: (things) => yolov8(things, "float"),
  "yolov8 of float64": (things) => yolov8(things, "double"),
  "yolov8 with boxes first": (things) => {
    // As many boxes as are published, so that the shape tells which dimension is theirs.
    const rows = [...things.map(black8), ...Array.from({ length: 20 }, () => [0, 0, 0, 0, 0, 0])];
    const white = [...things.map(white8), ...Array.from({ length: 20 }, () => [0, 0, 0, 0, 0, 0])];
    return detector(size, [{ name: "output0", dims: [rows.length, 6], black: rows.flat(), white: white.flat() }]);
  },
  "yolo-nms": (things) => {
    const rows = [...things.map(({ corners, group }) => [...corners, 0, group]), [0, 0, 0, 0, 0, 0]];
    const white = [...things.map(({ score }) => [0, 0, 0, 0, score, 0]), [0, 0, 0, 0, 0, 0]];
    return detector(size, [{ name: "output0", dims: [rows.length, 6], black: rows.flat(), white: white.flat() }]);
  },
  "yolo-nms in one list": (things) => {
    const black = things.flatMap(({ corners, group }) => [0, ...corners, group, 0]);
    const white = things.flatMap(({ score }) => [0, 0, 0, 0, 0, 0, score]);
    return detector(size, [{ name: "output", dims: [things.length, 7], black, white, isFlat: true }]);
  },
  "ssd of TensorFlow": (things) =>
    detector(size, [
      { name: "num_detections", dims: [], black: [things.length] },
      // A box more, which does not count.
      perBox("detection_scores", "float", [...things.map(() => 0), 0.99], [...things.map(({ score }) => score), 0]),
      perBox("detection_classes", "float", [...things.map(({ group }) => group + 1), 1]),
      boxes("detection_boxes", [...things.map(({ corners: [x1, y1, x2, y2] }) => [y1, x1, y2, x2]), [0, 0, 9, 9]]),
    ]),
  "ssd of the model zoo": (things) =>
    detector(size, [
      boxes(
        "bboxes",
        things.map(({ corners }) => corners),
      ),
      perBox(
        "labels",
        "int64",
        things.map(({ group }) => group + 1),
      ),
      perBox(
        "scores",
        "float",
        things.map(() => 0),
        things.map(({ score }) => score),
      ),
    ]),
  "ssd with a score a class": (things) => {
    const black = things.flatMap(() => [1, 0, 0]);
    const white = things.flatMap(({ group, score }) => [-score, ...classScores(group, score)]);
    return detector(size, [
      { name: "scores", dims: [things.length, 3], black, white },
      boxes(
        "boxes",
        things.map(({ corners }) => corners),
      ),
    ]);
  },
  detr: (things) => {
    const white = things.map(({ group, score }) => {
      const shares = [...classScores(group, score).map((share) => share || 0.01), 0.99 - score];
      return shares.map((share, index) => Math.log(share) - (index === 2 ? 9 : -9));
    });
    return queries(
      things,
      3,
      things.flatMap(() => [-9, -9, 9]),
      white.flat(),
    );
  },
  "detr of sigmoids": (things) => {
    const white = things.map(({ group, score }) => {
      return classScores(group, score).map((share) => (share === 0 ? 0 : Math.log(share / (1 - share)) + 9));
    });
    return queries(
      things,
      2,
      things.flatMap(() => [-9, -9]),
      white.flat(),
    );
  },
};

const centred = ({ corners: [x1, y1, x2, y2] }: Thing) => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];
const classScores = (group: 0 | 1, score: number) => (group === 0 ? [score, 0] : [0, score]);
const black8 = (thing: Thing) => [...centred(thing), 0, 0];
const white8 = ({ group, score }: Thing) => [0, 0, 0, 0, ...classScores(group, score)];

function yolov5(things: readonly Thing[], type: "float" | "float16"): Uint8Array {
  const black = things.flatMap((thing) => [...centred(thing), 0, ...classScores(thing.group, thing.score)]);
  const white = things.flatMap(() => [0, 0, 0, 0, 1, 0, 0]);
  return detector(size, [{ name: "output", type, dims: [things.length, 7], black, white }]);
}

function yolov8(things: readonly Thing[], type: "float" | "double"): Uint8Array {
  const padding = Array.from({ length: 20 }, () => [0, 0, 0, 0, 0, 0]);
  const black = transposed([...things.map(black8), ...padding]);
  const white = transposed([...things.map(white8), ...padding]);
  return detector(size, [{ name: "output0", type, dims: [6, things.length + 20], black, white }]);
}

function boxes(name: string, corners: readonly (readonly number[])[]): DetectorOutput {
  return { name, dims: [corners.length, 4], black: corners.flat().map((place) => place / size) };
}

function perBox(name: string, type: "float" | "int64", black: readonly number[], white?: readonly number[]) {
  return { name, type, dims: [black.length], black, ...(white === undefined ? {} : { white }) };
}

function queries(things: readonly Thing[], width: number, black: readonly number[], white: readonly number[]) {
  return detector(size, [
    { name: "logits", dims: [things.length, width], black, white },
    { name: "pred_boxes", dims: [things.length, 4], black: things.flatMap(centred).map((place) => place / size) },
  ]);
}
