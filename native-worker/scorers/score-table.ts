import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import type { TabularScorer } from "../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { TensorScorer } from "../../electron/contract/nouns/scorers/tensor-scorer.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import type { ItemRange } from "../../electron/contract/messages/worker-messages.ts";
import type { TabularBlock } from "../readers/block.ts";
import { padRows, sliceValues } from "../readers/input-values.ts";
import { changed, inputGoneInstead, partPlace } from "../readers/source-file.ts";
import type { TabularReader, TabularReaders } from "../readers/record-reader.ts";
import { tableIdentity } from "../writers/rows-encoder.ts";
import { textCellBytes } from "../writers/text-cell.ts";
import type { Feeds } from "./model-session.ts";
import { inputDims, inputTensor } from "./model-session.ts";
import { handOverRows, notANumber, preparedOutputs } from "./hand-over-rows.ts";
import { type PreparedRows, resultsPerRow, type RunInputs, type RunResults, runRows } from "./run-rows.ts";
import { prepareAtRisk, runSorted, type SortedReading, type TableFrame } from "./sorted-rows.ts";
import type { FailedItem, ScoringJob, MiniBatchSink, MiniBatchWork, WorkResult } from "./mini-batch-work.ts";
import { failWholePart } from "./mini-batch-work.ts";

/** How rows become input values; made once a job. */
export type TableReading = {
  readonly results: RunResults;
  readonly readers: TabularReaders;
  /**
   * Makes ready the rows `first`..`next` of a block, one frame, and gives the inputs of any of them, counted from `first`.
   * `beforeRisk` is to be called with the first and the last row of what may kill the process.
   */
  readonly prepare: (
    block: TabularBlock,
    first: number,
    next: number,
    beforeRisk: (from: number, to: number) => void,
  ) => PreparedRows;
  /** Rows that are cut into runs by their length: a block at a time, which is then one frame; null: as they come. */
  readonly sorted: SortedReading | null;
};

/** Rows of a table, or of arrays, whose values are the model's inputs as they are. */
export function tableReading(scorer: TabularScorer | TensorScorer, readers: TabularReaders): TableReading {
  return {
    results: resultsPerRow(scorer.outputs, scorer.wholeOutputs),
    readers,
    prepare: (block, first) => ({ feeds: (from, to) => tableFeeds(scorer, block, first + from, first + to) }),
    sorted: null,
  };
}

/** One part of a mini-batch. */
type PartWork = {
  readonly part: MiniBatchPart;
  readonly partIndex: number;
  /** Item, within the mini-batch, that the part starts with. */
  readonly firstItem: number;
  /** Items of the part that are worked on, counted from its start. */
  readonly range: ItemRange;
  /** The file's name as a finished cell. */
  readonly fileCell: Buffer;
};

/** Scores the rows of a mini-batch: part after part, block after block, frame after frame. No frame crosses a block. */
export async function scoreTable(
  job: ScoringJob,
  reading: TableReading,
  work: MiniBatchWork,
  sink: MiniBatchSink,
): Promise<WorkResult> {
  let firstItem = 0;
  for (const [partIndex, part] of work.miniBatch.parts.entries()) {
    const start = Math.max(0, work.range.start - firstItem);
    const end = Math.min(part.items, work.range.end - firstItem);
    if (start < end) {
      const problem = part.problem ?? work.partProblems.get(partIndex);
      if (problem === undefined) {
        const fileCell = textCellBytes(part.file, job.textStyle);
        const result = await scorePart(job, reading, work, sink, {
          part,
          partIndex,
          firstItem,
          range: { start, end },
          fileCell,
        });
        if (result.kind !== "done") return result;
      } else {
        sink.failed(failWholePart(part, firstItem, problem, "row"));
        if (!(await sink.frameDone())) return { kind: "stopped" };
      }
    }
    firstItem += part.items;
  }
  return { kind: "done" };
}

async function scorePart(
  job: ScoringJob,
  reading: TableReading,
  work: MiniBatchWork,
  sink: MiniBatchSink,
  partWork: PartWork,
): Promise<WorkResult> {
  const { spec } = job;
  const { part, partIndex, firstItem, range } = partWork;
  const leaveOut = new Set([...work.poisoned.keys()].map((item) => item - firstItem));
  let clock = performance.now();
  const reader: TabularReader = await reading.readers.open({
    path: partPlace(spec.input, part),
    part,
    range,
    leaveOut,
  });
  try {
    let next = range.start;
    for (;;) {
      const step = await reader.next();
      work.times.read += performance.now() - clock;
      if (step.kind === "problem") {
        const gone = await inputGoneInstead(spec.input, step);
        if (gone !== null) return { kind: "input-gone", errno: gone };
        return { kind: "part-unreadable", partIndex, problem: step.problem };
      }
      if (step.kind === "end") {
        // The same size and time, and yet other records than were counted.
        return next === range.end ? { kind: "done" } : { kind: "part-unreadable", partIndex, problem: changed };
      }
      if (step.block.firstItem !== next) return { kind: "part-unreadable", partIndex, problem: changed };
      next += step.block.records;
      if (next > range.end) return { kind: "part-unreadable", partIndex, problem: changed };
      if (!(await scoreBlock(job, reading, work, sink, partWork, step.block))) return { kind: "stopped" };
      clock = performance.now();
    }
  } finally {
    await reader.close();
  }
}

/** Scores the frames of one block; false when the sink wants no more. */
async function scoreBlock(
  job: ScoringJob,
  reading: TableReading,
  work: MiniBatchWork,
  sink: MiniBatchSink,
  { part, firstItem, fileCell }: PartWork,
  block: TabularBlock,
): Promise<boolean> {
  const { times } = work;
  const identity = tableIdentity(block, fileCell, job.textStyle);
  const itemOf = (row: number) => firstItem + (block.itemOf[row] as number);
  const blockEnd = block.firstItem + block.records;
  let nextRow = 0;
  let nextFailure = 0;

  // Probing never decides how rows are grouped, and its steps are small.
  const sorted = work.isProbe ? null : reading.sorted;
  const frameItems = sorted === null ? work.frameItems : block.records;
  for (let start = block.firstItem; start < blockEnd; start += frameItems) {
    const end = Math.min(blockEnd, start + frameItems);
    const firstRow = nextRow;
    nextRow = firstRowFrom(block, firstRow, end);
    const failures: FailedItem[] = [];
    for (; nextFailure < block.failures.length; nextFailure++) {
      const failure = block.failures[nextFailure] as TabularBlock["failures"][number];
      if (failure.item >= end) break;
      failures.push({ ...failure, item: firstItem + failure.item, part });
    }
    for (const [item, problem] of work.poisoned) {
      const within = item - firstItem;
      if (within >= start && within < end)
        failures.push({ item, part, row: part.firstRow + within, ...problem, value: "" });
    }

    const failRow = (row: number, stage: ItemStage, code: ItemErrorCode, message: string): void => {
      const place = { item: itemOf(row), part, row: block.rowNumbers[row] as number };
      failures.push({ ...place, stage, code, message, value: "" });
    };

    const placeOf = (row: number) => ({ file: part.file, row: block.rowNumbers[row] as number });
    const frame = { block, identity, firstRow, nextRow, itemOf, placeOf, failRow };
    if (sorted === null) await runFrame(job, reading, work, sink, frame);
    else await runSorted(job, reading.results, sorted, work, sink, frame);

    sink.failed(failures.sort((one, other) => one.item - other.item));
    const clock = performance.now();
    const goesOn = await sink.frameDone();
    times.write += performance.now() - clock;
    if (!goesOn) return false;
  }
  return true;
}

/** Runs the rows of a frame together, as they come. */
async function runFrame(
  job: ScoringJob,
  reading: TableReading,
  work: MiniBatchWork,
  sink: MiniBatchSink,
  { block, identity, firstRow, nextRow, itemOf, placeOf, failRow }: TableFrame,
): Promise<void> {
  const { times } = work;
  let clock = performance.now();
  const prepared = prepareAtRisk(job, work, sink, itemOf, (beforeRisk) =>
    reading.prepare(block, firstRow, nextRow, beforeRisk),
  );
  times.preprocess += performance.now() - clock;
  clock = performance.now();
  await runRows(
    job.model,
    job.status,
    reading.results,
    {
      miniBatchId: work.miniBatch.id,
      limit: work.limit,
      mostValues: job.mostValues,
      rows: nextRow - firstRow,
      itemOf: (row) => itemOf(firstRow + row),
      feeds: prepared.feeds,
    },
    {
      onRows(from, to, tensors) {
        times.infer += performance.now() - clock;
        clock = performance.now();
        const outputs = preparedOutputs(job, prepared, tensors, [from, to], (row) => placeOf(firstRow + row));
        const rows = { identity, outputs, from: firstRow + from, to: firstRow + to };
        handOverRows(sink, rows, job.spec.scorer, (row, message) => failRow(row, ...notANumber, message));
        times.postprocess += performance.now() - clock;
        clock = performance.now();
      },
      onFailed: (row, stage, code, message) => failRow(firstRow + row, stage, code, message),
    },
  );
  times.infer += performance.now() - clock;
}

/** The first packed row at or behind an item of the part, from row `from` on; in a block without failures they run alike. */
function firstRowFrom(block: TabularBlock, from: number, item: number): number {
  if (block.rows === block.records) return Math.min(block.rows, item - block.firstItem);
  let row = from;
  while (row < block.rows && (block.itemOf[row] as number) < item) row++;
  return row;
}

/** The inputs of packed rows `from`..`to`, without a copy unless a fixed batch has to be filled up. */
function tableFeeds(scorer: TabularScorer | TensorScorer, block: TabularBlock, from: number, to: number): RunInputs {
  const rows = scorer.fixedBatch ?? to - from;
  const feeds: Record<string, Feeds[string]> = {};
  for (const [index, input] of scorer.inputs.entries()) {
    const all = block.inputs[index] as TabularBlock["inputs"][number];
    const width = all.length / block.rows;
    const values = sliceValues(all, from * width, to * width);
    const padded = rows === to - from ? values : padRows(values, rows, width);
    const shape = block.shapes?.[index];
    const dims = shape === undefined ? inputDims(input, rows, width) : [rows, ...shape];
    feeds[input.name] = inputTensor(input.type, padded, dims);
  }
  return { feeds, rows };
}
