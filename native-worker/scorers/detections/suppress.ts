/** Boxes that were found in a picture: four corners each (x1, y1, x2, y2), a score and a class, in the order of the model. */
export type Candidates = {
  readonly corners: Float32Array;
  readonly scores: Float32Array;
  readonly classes: Int32Array;
};

/**
 * Which boxes stay, by falling score, of equal scores the first first. With `iou`, a box whose intersection over union with a
 * better one of its class is greater is left out, to the last bit as ONNX Runtime's operator NonMaxSuppression does: all
 * in float32, corners in either order, and boxes without an area suppress nothing.
 */
export function suppressed({ corners, scores, classes }: Candidates, iou: number | null): readonly number[] {
  const order = Array.from(scores, (_, index) => index);
  order.sort((one, other) => (scores[other] as number) - (scores[one] as number) || one - other);
  if (iou === null) return order;
  const limit = Math.fround(iou);
  const boxes = ordered(corners);
  const keptByClass = new Map<number, number[]>();
  return order.filter((box) => {
    const group = classes[box] as number;
    const kept = keptByClass.get(group) ?? [];
    if (kept.some((better) => overlapBeyond(boxes, better, box, limit))) return false;
    kept.push(box);
    keptByClass.set(group, kept);
    return true;
  });
}

/** The same boxes with the smaller corner first. */
function ordered(corners: Float32Array): Float32Array {
  const boxes = corners.slice();
  for (let at = 0; at < boxes.length; at += 4) {
    for (let axis = at; axis < at + 2; axis++) {
      const [one, other] = [boxes[axis] as number, boxes[axis + 2] as number];
      if (one > other) {
        boxes[axis] = other;
        boxes[axis + 2] = one;
      }
    }
  }
  return boxes;
}

const { fround } = Math;

function overlapBeyond(boxes: Float32Array, one: number, other: number, limit: number): boolean {
  const [a, b] = [one * 4, other * 4];
  const across = shared(boxes, a, b);
  if (across <= 0) return false;
  const down = shared(boxes, a + 1, b + 1);
  if (down <= 0) return false;
  const common = fround(across * down);
  const [areaA, areaB] = [area(boxes, a), area(boxes, b)];
  const union = fround(fround(areaA + areaB) - common);
  if (common <= 0 || areaA <= 0 || areaB <= 0 || union <= 0) return false;
  return fround(common / union) > limit;
}

/** How far two boxes share an axis; 0 or less: not at all. */
function shared(boxes: Float32Array, a: number, b: number): number {
  const from = Math.max(boxes[a] as number, boxes[b] as number);
  return fround(Math.min(boxes[a + 2] as number, boxes[b + 2] as number) - from);
}

function area(boxes: Float32Array, at: number): number {
  const width = fround((boxes[at + 2] as number) - (boxes[at] as number));
  return fround(width * fround((boxes[at + 3] as number) - (boxes[at + 1] as number)));
}
