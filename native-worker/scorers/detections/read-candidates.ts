import type { DetectionLayout, Detections } from "../../../electron/contract/nouns/scorers/detections.ts";
import type { PictureSize } from "../../readers/images/image-resize.ts";
import type { Values } from "../../writers/output-numbers.ts";
import type { Candidates } from "./suppress.ts";

/** What the model found in one picture; corners in pixels of its input. `notNumber`: a score or a corner that is none. */
export type Found = Candidates & { readonly notNumber: number | null };

/** Collects what is above the score; one collector a picture. */
type Collect = {
  readonly limit: number;
  readonly add: (x1: number, y1: number, x2: number, y2: number, score: number, group: number) => void;
  readonly notNumber: (value: number) => void;
};

/**
 * The boxes of the `picture`-th picture of a run whose score is above that of scorer.yml. A box has the class with its best
 * score, of equal ones the first.
 */
export function readCandidates(
  { layout, score }: Detections,
  tensors: Readonly<Record<string, Values>>,
  picture: number,
  size: PictureSize,
): Found {
  const corners: number[] = [];
  const scores: number[] = [];
  const classes: number[] = [];
  let notNumber: number | null = null;
  readers[layout.format](layout as never, tensors, picture, size, {
    limit: Math.fround(score),
    add(x1, y1, x2, y2, value, group) {
      const broken = [x1, y1, x2, y2, group].find((number) => !Number.isFinite(number));
      if (broken !== undefined) {
        notNumber ??= broken;
        return;
      }
      corners.push(x1, y1, x2, y2);
      scores.push(value);
      classes.push(group);
    },
    notNumber(value) {
      notNumber ??= value;
    },
  });
  return {
    corners: Float32Array.from(corners),
    scores: Float32Array.from(scores),
    classes: Int32Array.from(classes),
    notNumber,
  };
}

type Reader<Format extends DetectionLayout["format"]> = (
  layout: Extract<DetectionLayout, { format: Format }>,
  tensors: Readonly<Record<string, Values>>,
  picture: number,
  size: PictureSize,
  collect: Collect,
) => void;

const readers: { readonly [Format in DetectionLayout["format"]]: Reader<Format> } = {
  yolov5({ predictions }, tensors, picture, _, collect) {
    const { data, dims } = tensorOf(tensors, predictions);
    const [, boxes = 0, width = 0] = dims;
    for (let at = picture * boxes * width, end = at + boxes * width; at < end; at += width) {
      const object = data[at + 4] as number;
      if (!Number.isFinite(object)) collect.notNumber(object);
      const best = bestOf(data, at + 5, width - 5, collect);
      if (best === null) continue;
      const score = Math.fround(Math.fround(object) * best.score);
      if (score > collect.limit) addCentred(data, at, 1, score, best.group, collect);
    }
  },
  yolov8({ predictions, boxesFirst }, tensors, picture, _, collect) {
    const { data, dims } = tensorOf(tensors, predictions);
    const [, one = 0, other = 0] = dims;
    const first = picture * one * other;
    if (boxesFirst) {
      for (let at = first; at < first + one * other; at += other) {
        const best = bestOf(data, at + 4, other - 4, collect);
        if (best !== null && best.score > collect.limit) addCentred(data, at, 1, best.score, best.group, collect);
      }
      return;
    }
    const best = bestOfRows(data, first + 4 * other, one - 4, other, collect);
    for (let box = 0; box < other; box++) {
      const score = best.scores[box] as number;
      if (score > collect.limit) addCentred(data, first + box, other, score, best.groups[box] as number, collect);
    }
  },
  "yolo-nms"({ predictions, isFlat }, tensors, picture, _, collect) {
    const { data, dims } = tensorOf(tensors, predictions);
    const [boxes = 0, width = 0] = isFlat ? dims : dims.slice(1);
    const [corner, score, group] = isFlat ? [1, 6, 5] : [0, 4, 5];
    for (let at = picture * boxes * width, end = at + boxes * width; at < end; at += width) {
      const first = at + corner;
      const edges = [0, 1, 2, 3].map((edge) => Math.fround(data[first + edge] as number));
      addChecked(edges, data[at + score] as number, data[at + group] as number, collect);
    }
  },
  ssd(layout, tensors, picture, { width, height }, collect) {
    const { data, dims } = tensorOf(tensors, layout.boxes);
    const [, boxes = 0] = dims;
    const scores = tensorOf(tensors, layout.scores);
    const classes = layout.classes === null ? null : tensorOf(tensors, layout.classes);
    const said = layout.count === null ? boxes : (tensorOf(tensors, layout.count).data[picture] as number);
    const count = Math.min(boxes, Number.isFinite(said) ? said : boxes);
    const [x, y] = layout.yFirst ? [1, 0] : [0, 1];
    for (let box = 0; box < count; box++) {
      const at = (picture * boxes + box) * 4;
      const edges = [
        Math.fround((data[at + x] as number) * width),
        Math.fround((data[at + y] as number) * height),
        Math.fround((data[at + x + 2] as number) * width),
        Math.fround((data[at + y + 2] as number) * height),
      ];
      if (classes !== null) {
        const index = picture * boxes + box;
        addChecked(edges, scores.data[index] as number, classes.data[index] as number, collect);
        continue;
      }
      const groups = scores.dims[2] as number;
      const best = bestOf(scores.data, (picture * boxes + box) * groups + 1, groups - 1, collect);
      if (best !== null) addChecked(edges, best.score, best.group + 1, collect);
    }
  },
  detr({ logits, boxes, isSigmoid }, tensors, picture, { width, height }, collect) {
    const { data, dims } = tensorOf(tensors, logits);
    const { data: places } = tensorOf(tensors, boxes);
    const [, queries = 0, values = 0] = dims;
    const groups = isSigmoid ? values : values - 1;
    for (let query = 0; query < queries; query++) {
      const at = (picture * queries + query) * values;
      const best = bestOf(data, at, groups, collect);
      if (best === null) continue;
      const score = isSigmoid ? 1 / (1 + Math.exp(-best.score)) : softmaxOf(data, at, values, best.score);
      const box = (picture * queries + query) * 4;
      const [x, y] = [(places[box] as number) * width, (places[box + 1] as number) * height];
      const [across, down] = [(places[box + 2] as number) * width, (places[box + 3] as number) * height];
      const edges = [x - across / 2, y - down / 2, x + across / 2, y + down / 2].map(Math.fround);
      addChecked(edges, score, best.group, collect);
    }
  },
};

function tensorOf(tensors: Readonly<Record<string, Values>>, { name }: { readonly name: string }): Values {
  return tensors[name] as Values;
}

/** The first of the best of `count` scores; null when one of them is no number. */
function bestOf(
  data: ArrayLike<number>,
  first: number,
  count: number,
  collect: Collect,
): { readonly score: number; readonly group: number } | null {
  let group = 0;
  let score = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    const value = Math.fround(data[first + index] as number);
    if (value > score) {
      score = value;
      group = index;
    } else if (!Number.isFinite(value)) {
      collect.notNumber(value);
      return null;
    }
  }
  if (Number.isFinite(score)) return { score, group };
  collect.notNumber(score);
  return null;
}

/**
 * The same of scores that lie class after class, `boxes` of them each, read in their order, which is much quicker; a box
 * with a score that is no number has the score NaN.
 */
function bestOfRows(data: ArrayLike<number>, first: number, classes: number, boxes: number, collect: Collect) {
  const scores = new Float32Array(boxes).fill(Number.NEGATIVE_INFINITY);
  const groups = new Int32Array(boxes);
  let areNumbers = true;
  for (let group = 0, at = first; group < classes; group++) {
    for (let box = 0; box < boxes; box++, at++) {
      const value = Math.fround(data[at] as number);
      // A score that is no number stays: nothing is greater.
      if (value > (scores[box] as number)) {
        scores[box] = value;
        groups[box] = group;
      }
      if (value - value !== 0) {
        scores[box] = Number.NaN;
        if (areNumbers) collect.notNumber(value);
        areNumbers = false;
      }
    }
  }
  return { scores, groups };
}

/** A box with its centre and its sides. */
function addCentred(
  data: ArrayLike<number>,
  at: number,
  step: number,
  score: number,
  group: number,
  { add }: Collect,
): void {
  const [x, y] = [Math.fround(data[at] as number), Math.fround(data[at + step] as number)];
  const across = Math.fround(Math.fround(data[at + 2 * step] as number) / 2);
  const down = Math.fround(Math.fround(data[at + 3 * step] as number) / 2);
  add(Math.fround(x - across), Math.fround(y - down), Math.fround(x + across), Math.fround(y + down), score, group);
}

function addChecked(edges: readonly number[], value: number, group: number, { limit, add, notNumber }: Collect): void {
  if (!Number.isFinite(value)) return notNumber(value);
  const score = Math.fround(value);
  if (score > limit) add(...(edges as [number, number, number, number]), score, group);
}

/** The share of one logit among all of an object, none too. */
function softmaxOf(data: ArrayLike<number>, first: number, count: number, logit: number): number {
  let most = logit;
  for (let index = 0; index < count; index++) most = Math.max(most, data[first + index] as number);
  let sum = 0;
  for (let index = 0; index < count; index++) sum += Math.exp((data[first + index] as number) - most);
  return Math.exp(logit - most) / sum;
}
