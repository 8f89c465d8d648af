import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import type { Scorer } from "../../electron/contract/nouns/scorer.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import type { PartProblem } from "../readers/block.ts";
import { readAhead } from "../readers/read-ahead.ts";
import { inputGoneInstead } from "../readers/source-file.ts";
import { textCellBytes } from "../writers/text-cell.ts";
import { handOverRows, notANumber } from "./hand-over-rows.ts";
import { type RowsToRun, runRows } from "./run-rows.ts";
import type { FailedItem, ScoringJob, MiniBatchSink, MiniBatchWork, WorkResult } from "./mini-batch-work.ts";
import { failWholePart } from "./mini-batch-work.ts";

/** How whole files become input values; made once a job, and what it holds is used again for the next frame. */
export type FilesReading = {
  readonly outputs: Scorer["outputs"];
  /** Makes room for a frame of at most so many files. */
  readonly startFrame: (frameItems: number) => void;
  /**
   * Takes the bytes of one file for row `row` of the frame; null when that worked. `beforeRisk` is to be called before
   * what may kill the process.
   */
  readonly take: (bytes: Buffer, row: number, beforeRisk: () => void) => Promise<PartProblem | null>;
  /** The inputs of rows of the frame. */
  readonly feeds: RowsToRun["feeds"];
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
  const isRead = (item: number) => miniBatch.parts[item]?.problem === null && !poisoned.has(item);
  const files = readAhead(
    spec.input,
    miniBatch.parts.filter((_, item) => item >= range.start && item < range.end && isRead(item)),
  );

  for (let start = range.start; start < range.end; start += work.frameItems) {
    const end = Math.min(range.end, start + work.frameItems);
    const failures: FailedItem[] = [];
    const items: number[] = [];
    reading.startFrame(work.frameItems);
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
    await runRows(
      job.model,
      status,
      reading.outputs,
      {
        miniBatchId: miniBatch.id,
        limit: work.limit,
        rows: items.length,
        itemOf: (row) => items[row] as number,
        feeds: reading.feeds,
      },
      {
        onRows(from, to, data) {
          times.infer += performance.now() - clock;
          clock = performance.now();
          const outputs = data.map((values, index) =>
            (job.outputCells[index] as (typeof job.outputCells)[number])(values, to - from),
          );
          const cells = items.map((item) =>
            textCellBytes((miniBatch.parts[item] as MiniBatchPart).file, job.textStyle),
          );
          const rows = { identity: { kind: "file", fileCells: cells }, outputs, from, to } as const;
          handOverRows(sink, rows, job.spec.scorer, (row, message) => failFile(row, ...notANumber, message));
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
