import { detectionColumns } from "../../../electron/contract/nouns/scorers/detections.ts";
import type { PreparedOutput } from "../../writers/prepared-output.ts";
import type { MiniBatchSink, ScoringJob } from "../mini-batch-work.ts";

/** What was found in a picture, best first: the label of each box, and its values, as `detectionColumns` has them. */
export type PictureBoxes = {
  readonly labels: readonly string[];
  readonly values: Float32Array;
  /** A score or a corner that is NaN or infinite, whose box is left out; null when there is none. */
  readonly notNumber: number | null;
};

const [, { width: valuesOfBox }] = detectionColumns;

/**
 * Hands the boxes of pictures `from`..`to` of a frame to the sink, a row each. A picture with a score that is no number is
 * among them, and counted; or, where the scorer says so, it goes to `fail` instead. `fileCells` are those of the frame.
 */
export function handOverBoxes(
  { outputCells, spec: { scorer } }: Pick<ScoringJob, "outputCells" | "spec">,
  sink: MiniBatchSink,
  fileCells: readonly Buffer[],
  from: number,
  to: number,
  boxesOf: (picture: number) => PictureBoxes,
  fail: (picture: number, message: string) => void,
): void {
  const isFailure = scorer.kind === "image" && scorer.notANumber !== undefined;
  const cells: Buffer[] = [];
  const labels: string[] = [];
  const found: Float32Array[] = [];
  let items = 0;
  let notANumber = 0;
  for (let picture = from; picture < to; picture++) {
    const boxes = boxesOf(picture);
    if (boxes.notNumber !== null && isFailure) {
      fail(picture, `A score or a corner of a box is ${boxes.notNumber}, which is not a number.`);
      continue;
    }
    items += 1;
    if (boxes.notNumber !== null) notANumber += 1;
    for (const label of boxes.labels) {
      cells.push(fileCells[picture] as Buffer);
      labels.push(label);
    }
    found.push(boxes.values);
  }
  const values = joined(found);
  const rows = labels.length;
  const outputs = [labels, values].map(
    (data, index) => outputCells[index]?.({ data, dims: [rows, data.length / rows] }, rows, noArray) as PreparedOutput,
  );
  const identity = { kind: "file", fileCells: cells } as const;
  sink.rows({ identity, outputs, outputsFrom: 0, from: 0, to: rows, items, notANumber });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  if (at % valuesOfBox !== 0) throw new Error(`boxes have ${valuesOfBox} values each`);
  return values;
}

function noArray(): never {
  throw new Error("a box is no array");
}
