import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import type { PartProblem } from "../readers/block.ts";
import { readAhead } from "../readers/read-ahead.ts";
import { inputGoneInstead } from "../readers/source-file.ts";
import type { InputPicture } from "../writers/pictures/back-to-input.ts";
import { textCellBytes } from "../writers/text-cell.ts";
import { handOverBoxes, type PictureBoxes } from "./detections/hand-over-boxes.ts";
import { runWindows, type WindowsOfItem } from "./sounds/run-windows.ts";
import { handOverRows, notANumber, preparedOutputs } from "./hand-over-rows.ts";
import type { OutputTensor } from "./model-session.ts";
import { type PreparedRows, type RowsToRun, type RunResults, runRows } from "./run-rows.ts";
import type { FailedItem, ScoringJob, MiniBatchSink, MiniBatchWork, WorkResult } from "./mini-batch-work.ts";
import { failWholePart } from "./mini-batch-work.ts";

/** How whole files become input values; made once a job, and what it holds is used again for the next frame. */
export type FilesReading = {
  readonly results: RunResults;
  /** Makes room for a frame of at most so many files. */
  readonly startFrame: (frameItems: number) => void;
  /**
   * Takes the bytes of one file for row `row` of the frame; null when that worked. `beforeRisk` is to be called before
   * what may kill the process.
   */
  readonly take: (bytes: Buffer, row: number, beforeRisk: () => void) => Promise<PartProblem | null>;
  /** The inputs of rows of the frame. */
  readonly feeds: RowsToRun["feeds"];
  /** Each output for rows `from`..`to`, when that is not what came out. */
  readonly valuesOf?: NonNullable<PreparedRows["valuesOf"]>;
  /** Where items are pictures: that of a row of the frame. */
  readonly pictureAt?: (row: number) => InputPicture;
  /** Where an item has a row a window; a frame is then one item, and `feeds` and `valuesOf` are asked for its windows. */
  readonly windows?: WindowsOfItem;
  /** Where an item has a row a box: what was found for one row of the run, whose first row is `from`. */
  readonly boxesOf?: (tensors: readonly OutputTensor[], from: number, row: number) => PictureBoxes;
};

/** Scores the files of a mini-batch, one frame of consecutive files after another. */
export async function scoreFiles(
  job: ScoringJob,
  reading: FilesReading,
  work: MiniBatchWork,
  sink: MiniBatchSink,
): Promise<WorkResult> {
  const { spec, status } = job;
  const { miniBatch, range, poisoned, times } = work;
  const fileOf = (item: number): string => (miniBatch.parts[item] as MiniBatchPart).file;
  const isRead = (item: number) => miniBatch.parts[item]?.problem === null && !poisoned.has(item);
  const files = readAhead(
    spec.input,
    miniBatch.parts.filter((_, item) => item >= range.start && item < range.end && isRead(item)),
  );

  const frameItems = reading.windows === undefined ? work.frameItems : 1;
  for (let start = range.start; start < range.end; start += frameItems) {
    const end = Math.min(range.end, start + frameItems);
    const failures: FailedItem[] = [];
    const items: number[] = [];
    reading.startFrame(frameItems);
    for (let item = start; item < end; item++) {
      const part = miniBatch.parts[item] as MiniBatchPart;
      const known = poisoned.get(item) ?? part.problem;
      if (known !== null) {
        failures.push(...failWholePart(part, item, known, "file"));
        continue;
      }
      let clock = performance.now();
      const file = await files.next();
      times.read += performance.now() - clock;
      if (!file.ok) {
        const gone = await inputGoneInstead(spec.input, file);
        if (gone !== null) return { kind: "input-gone", errno: gone };
        failures.push(...failWholePart(part, item, file.problem, "file"));
        continue;
      }
      clock = performance.now();
      const problem = await reading.take(file.bytes, items.length, () =>
        status.risk(miniBatch.id, item, item + 1, "preprocess"),
      );
      status.working(miniBatch.id);
      times.preprocess += performance.now() - clock;
      sink.alive();
      if (problem === null) items.push(item);
      else failures.push(...failWholePart(part, item, problem, "file"));
    }

    const failFile = (row: number, stage: ItemStage, code: ItemErrorCode, message: string): void => {
      const item = items[row] as number;
      failures.push(...failWholePart(miniBatch.parts[item] as MiniBatchPart, item, { stage, code, message }, "file"));
    };
    let clock = performance.now();
    const [only] = items;
    if (reading.windows !== undefined && only !== undefined) {
      const cell = textCellBytes((miniBatch.parts[only] as MiniBatchPart).file, job.textStyle);
      await runWindows(job, reading, reading.windows, work, only, cell, sink, (...why) => failFile(0, ...why));
      items.length = 0;
    }
    await runRows(
      job.model,
      status,
      reading.results,
      {
        miniBatchId: miniBatch.id,
        limit: work.limit,
        mostValues: job.mostValues,
        rows: items.length,
        itemOf: (row) => items[row] as number,
        feeds: reading.feeds,
      },
      {
        onRows(from, to, tensors) {
          times.infer += performance.now() - clock;
          clock = performance.now();
          const cells = items.map((item) => textCellBytes(fileOf(item), job.textStyle));
          const fail = (row: number, message: string) => failFile(row, ...notANumber, message);
          const { boxesOf } = reading;
          if (boxesOf === undefined) {
            const placeOf = (row: number) => {
              const picture = reading.pictureAt?.(row);
              return { file: fileOf(items[row] as number), row: null, ...(picture && { picture }) };
            };
            const outputs = preparedOutputs(job, reading, tensors, [from, to], placeOf);
            const rows = { identity: { kind: "file", fileCells: cells }, outputs, from, to } as const;
            handOverRows(sink, rows, job.spec.scorer, fail);
          } else handOverBoxes(job, sink, cells, from, to, (row) => boxesOf(tensors, from, row), fail);
          times.postprocess += performance.now() - clock;
          clock = performance.now();
        },
        onFailed: failFile,
      },
    );
    times.infer += performance.now() - clock;

    sink.failed(failures.sort((one, other) => one.item - other.item));
    clock = performance.now();
    const goesOn = await sink.frameDone();
    times.write += performance.now() - clock;
    if (!goesOn) return { kind: "stopped" };
  }
  return { kind: "done" };
}
