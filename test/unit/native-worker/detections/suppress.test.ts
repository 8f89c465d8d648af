import { Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { suppressed } from "../../../../native-worker/scorers/detections/suppress.ts";
import { encodeModel, floatTensor, int64Tensor } from "../../../helpers/models/onnx-builder.ts";
import { runModel } from "../../../helpers/models/run-model.ts";
import { seededRandom } from "../../../helpers/random.ts";

/** ONNX Runtime's own operator, with every box allowed: rows of [batch, class, box]. */
function operator(iou: number, score: number): Uint8Array {
  return encodeModel({
    graph: {
      nodes: [{ op: "NonMaxSuppression", inputs: ["boxes", "scores", "most", "iou", "score"], outputs: ["selected"] }],
      initializers: [
        { name: "most", ...int64Tensor([1], [1000n]) },
        { name: "iou", ...floatTensor([1], [iou]) },
        { name: "score", ...floatTensor([1], [score]) },
      ],
      inputs: [
        { name: "boxes", type: "float", shape: [1, "B", 4] },
        { name: "scores", type: "float", shape: [1, "C", "B"] },
      ],
      outputs: [{ name: "selected", type: "int64", shape: ["S", 3] }],
    },
  });
}

/**
 * Boxes on a coarse grid, so that many overlap by exactly the same and touch; with corners in either order, without a width
 * or a height, the same again, and some at places that float32 cannot hold exactly.
 */
function randomBoxes(random: () => number, count: number): number[] {
  const grid = random() < 0.5;
  const place = () => (grid ? Math.floor(random() * 9) * 2.5 : random() * 640);
  const boxes: number[][] = [];
  for (let box = 0; box < count; box++) {
    const earlier = boxes[Math.floor(random() * box)];
    if (earlier !== undefined && random() < 0.2) boxes.push([...earlier]);
    else {
      const [x, y] = [place(), place()];
      boxes.push(random() < 0.1 ? [x, y, x, place()] : [x, y, place(), place()]);
    }
  }
  return boxes.flat();
}

test("what stays is what ONNX Runtime's NonMaxSuppression selects, in its order, ties and broken boxes too", async () => {
  const random = seededRandom(11);
  let overlaps = 0;
  for (const [iou, limit] of [
    [0.45, 0.25],
    [0.5, 0],
    [0, 0.3],
    [1, 0.25],
    [1 / 3, 0.1],
  ] as const) {
    const model = operator(iou, limit);
    for (let set = 0; set < 120; set++) {
      const [count, classes] = [1 + Math.floor(random() * 40), 1 + Math.floor(random() * 3)];
      const corners = Float32Array.from(randomBoxes(random, count));
      const scores = Float32Array.from({ length: count }, () => Math.floor(random() * 12) / 12 + 0.01);
      const groups = Int32Array.from({ length: count }, () => Math.floor(random() * classes));
      // A score a class: that of the other classes is below every limit.
      const byClass = Float32Array.from({ length: classes * count }, (_, index) => {
        return groups[index % count] === Math.floor(index / count) ? (scores[index % count] as number) : -1;
      });
      const { selected } = await runModel(model, {
        boxes: new Tensor("float32", corners, [1, count, 4]),
        scores: new Tensor("float32", byClass, [1, classes, count]),
      });
      const wanted = Array.from({ length: classes }, () => [] as number[]);
      for (let at = 0; at < (selected?.values.length ?? 0); at += 3) {
        wanted[Number(selected?.values[at + 1])]?.push(Number(selected?.values[at + 2]));
      }
      const above = Array.from({ length: count }, (_, box) => box).filter((box) => (scores[box] as number) > limit);
      const candidates = {
        corners: Float32Array.from(above.flatMap((box) => [...corners.subarray(box * 4, box * 4 + 4)])),
        scores: Float32Array.from(above, (box) => scores[box] as number),
        classes: Int32Array.from(above, (box) => groups[box] as number),
      };
      const kept = suppressed(candidates, iou).map((box) => above[box] as number);
      expect(wanted.map((_, group) => kept.filter((box) => groups[box] === group))).toEqual(wanted);
      const best = kept.map((box) => scores[box] as number);
      expect(best).toEqual([...best].sort((one, other) => other - one));
      overlaps += above.length - kept.length;
    }
  }
  expect(overlaps).toBeGreaterThan(1000);
});

test("without a threshold all stay, by falling score, of equal ones the first first", () => {
  const corners = Float32Array.from([0, 0, 9, 9, 0, 0, 9, 9, 0, 0, 9, 9]);
  const found = { corners, scores: Float32Array.of(0.5, 0.75, 0.5), classes: Int32Array.of(1, 1, 1) };
  expect(suppressed(found, null)).toEqual([1, 0, 2]);
});
