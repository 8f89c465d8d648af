import {
  detectionOutputs,
  type DetectionLayout,
  type Detections,
} from "../../../electron/contract/nouns/scorers/detections.ts";
import type { PictureSize } from "../../readers/images/image-resize.ts";
import { inPicture, type PicturePlace } from "../../readers/images/picture-place.ts";
import type { OutputTensor } from "../model-session.ts";
import { numbersOf, type Values } from "../../writers/output-numbers.ts";
import type { RunResults } from "../run-rows.ts";
import type { PictureBoxes } from "./hand-over-boxes.ts";
import { readCandidates } from "./read-candidates.ts";
import { suppressed } from "./suppress.ts";

/** How the outputs of a detector become boxes in its pictures; made once a job. */
export type DetectionResults = {
  readonly results: RunResults;
  /** What was found in the `picture`-th picture of a run, which lies in the model's input as `place` says. */
  readonly boxesOf: (tensors: readonly OutputTensor[], picture: number, place: PicturePlace) => PictureBoxes;
};

/** `size` is that of the model's input. */
export function detectionResults(detections: Detections, size: PictureSize): DetectionResults {
  const { layout, iou, labels } = detections;
  const names = detectionOutputs(detections);
  // Of ssd the background is class 0.
  const firstClass = layout.format === "ssd" ? 1 : 0;
  /** The numbers of the last run, whose pictures are asked for one after another. */
  let last: { readonly tensors: readonly OutputTensor[]; readonly values: Readonly<Record<string, Values>> } | null =
    null;

  function valuesOf(tensors: readonly OutputTensor[]): Readonly<Record<string, Values>> {
    if (last?.tensors === tensors) return last.values;
    const values = Object.fromEntries(names.map((name, index) => [name, numbersOf(tensors[index] as OutputTensor)]));
    last = { tensors, values };
    return values;
  }

  return {
    results: {
      names,
      objectionTo(tensors, rows) {
        const dims = Object.fromEntries(names.map((name, index) => [name, (tensors[index] as OutputTensor).dims]));
        const strange = isAsLaidOut(layout, dims, rows)
          ? undefined
          : names.map((name) => `${name} [${dims[name]?.join(", ") ?? ""}]`);
        return strange === undefined
          ? null
          : `The model's outputs (${strange.join("; ")}) are not those of ${layout.format} for ${rows} pictures.`;
      },
    },
    boxesOf(tensors, picture, place) {
      const found = readCandidates(detections, valuesOf(tensors), picture, size);
      const kept = suppressed(found, iou);
      const values = new Float32Array(kept.length * 5);
      for (const [index, box] of kept.entries()) {
        const [x1, y1, x2, y2] = found.corners.subarray(box * 4, box * 4 + 4) as unknown as Corners;
        const corners = [...inPicture(place, x1, y1), ...inPicture(place, x2, y2)];
        values.set([found.scores[box] as number, ...corners], index * 5);
      }
      return {
        labels: kept.map((box) => {
          const group = found.classes[box] as number;
          return labels?.[group - firstClass] ?? String(group);
        }),
        values,
        notNumber: found.notNumber,
      };
    },
  };
}

type Corners = readonly [number, number, number, number];

type Dims = Readonly<Record<string, readonly number[]>>;

/** Whether what came out has the shapes of its layout, all for as many pictures and as many boxes. */
function isAsLaidOut(layout: DetectionLayout, dims: Dims, rows: number): boolean {
  const of = ({ name }: { readonly name: string }): readonly number[] => dims[name] ?? [];
  const isList = (shape: readonly number[], least: number) =>
    shape.length === 3 && shape[0] === rows && (shape[2] as number) >= least;
  switch (layout.format) {
    case "yolov5":
      return isList(of(layout.predictions), 6);
    case "yolov8": {
      const [pictures, one = 0, other = 0] = of(layout.predictions);
      return of(layout.predictions).length === 3 && pictures === rows && (layout.boxesFirst ? other : one) > 4;
    }
    case "yolo-nms": {
      const shape = of(layout.predictions);
      return layout.isFlat ? shape.length === 2 && shape[1] === 7 : isList(shape, 6) && shape[2] === 6;
    }
    case "ssd": {
      const boxes = of(layout.boxes);
      const isPerBox = (shape: readonly number[]) => shape[0] === rows && shape[1] === boxes[1];
      const others = [layout.scores, ...(layout.classes === null ? [] : [layout.classes])].map(of);
      const wanted = layout.classes === null ? 3 : 2;
      const isCounted = layout.count === null || of(layout.count)[0] === rows;
      const fit = others.every((shape) => shape.length === wanted && isPerBox(shape));
      return isList(boxes, 4) && boxes[2] === 4 && fit && isCounted;
    }
    case "detr": {
      const [logits, boxes] = [of(layout.logits), of(layout.boxes)];
      return isList(logits, 1) && isList(boxes, 4) && boxes[2] === 4 && boxes[1] === logits[1];
    }
  }
}
