import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import type { TabularBlock } from "../readers/block.ts";
import { valuesPerItem } from "../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { ItemPlace, OutputData } from "../writers/prepared-output.ts";
import type { RowIdentity } from "../writers/rows-encoder.ts";
import { handOverRows, notANumber, preparedOutputs } from "./hand-over-rows.ts";
import type { MiniBatchSink, MiniBatchWork, ScoringJob } from "./mini-batch-work.ts";
import { type PreparedRows, type RunResults, runRows } from "./run-rows.ts";

/** Rows `firstRow`..`nextRow` of a block. */
export type TableFrame = {
  readonly block: TabularBlock;
  readonly identity: RowIdentity;
  readonly firstRow: number;
  readonly nextRow: number;
  /** The item, counted within the mini-batch, that a row stands for; ascending. */
  readonly itemOf: (row: number) => number;
  /** Where the item of a row is. */
  readonly placeOf: (row: number) => ItemPlace;
  readonly failRow: (row: number, stage: ItemStage, code: ItemErrorCode, message: string) => void;
};

type BeforeRisk = (from: number, to: number) => void;

/** Makes the given rows of a block ready, ascending; see TableReading. */
export type PrepareRows = (block: TabularBlock, rows: readonly number[], beforeRisk: BeforeRisk) => PreparedRows;

export type SortedReading = {
  readonly lengthOf: (block: TabularBlock, row: number) => number;
  readonly prepare: PrepareRows;
};

/** Names in the status file what `prepare` is about to take on. */
export function prepareAtRisk(
  { status }: Pick<ScoringJob, "status">,
  { miniBatch }: Pick<MiniBatchWork, "miniBatch">,
  sink: Pick<MiniBatchSink, "alive">,
  itemOf: TableFrame["itemOf"],
  prepare: (beforeRisk: BeforeRisk) => PreparedRows,
): PreparedRows {
  let isAtRisk = false;
  const prepared = prepare((from, to) => {
    status.risk(miniBatch.id, itemOf(from), itemOf(to - 1) + 1, "preprocess");
    isAtRisk = true;
    sink.alive();
  });
  if (isAtRisk) status.working(miniBatch.id);
  return prepared;
}

/** The places of `lengths` in runs of at most `size`, those of about one length together, ascending in each run. */
export function runsByLength(lengths: readonly number[], size: number): readonly (readonly number[])[] {
  const order = lengths.map((_, place) => place);
  order.sort((one, other) => (lengths[one] as number) - (lengths[other] as number) || one - other);
  const runs: number[][] = [];
  for (let start = 0; start < order.length; start += size) {
    runs.push(order.slice(start, start + size).sort((one, other) => one - other));
  }
  return runs;
}

/**
 * Runs the rows of a frame with others of their length, and hands them over in their own order. What runs together is
 * decided by the rows of the frame alone. A run names all items from its first to its last as being at risk.
 */
export async function runSorted(
  job: ScoringJob,
  results: RunResults,
  reading: SortedReading,
  work: MiniBatchWork,
  sink: MiniBatchSink,
  { block, identity, firstRow, nextRow, itemOf, placeOf, failRow }: TableFrame,
): Promise<void> {
  const { times } = work;
  const count = nextRow - firstRow;
  const lengths = Array.from({ length: count }, (_, place) => reading.lengthOf(block, firstRow + place));
  const isDone = new Uint8Array(count);
  const collected = job.spec.scorer.outputs.map((output) => collect(count, valuesPerItem(output) ?? 0));
  for (const places of runsByLength(lengths, work.frameItems)) {
    const rows = places.map((place) => firstRow + place);
    let clock = performance.now();
    const prepared = prepareAtRisk(job, work, sink, itemOf, (beforeRisk) => reading.prepare(block, rows, beforeRisk));
    times.preprocess += performance.now() - clock;
    clock = performance.now();
    await runRows(
      job.model,
      job.status,
      results,
      {
        miniBatchId: work.miniBatch.id,
        limit: work.limit,
        mostValues: job.mostValues,
        rows: rows.length,
        itemOf: (row) => itemOf(rows[row] as number),
        feeds: prepared.feeds,
      },
      {
        onRows(from, to, tensors) {
          const outputs = prepared.valuesOf?.(tensors, from, to) ?? tensors;
          const into = places.slice(from, to);
          for (const [index, { data }] of outputs.entries()) collected[index]?.add(data, into);
          for (const place of into) isDone[place] = 1;
        },
        onFailed: (row, stage, code, message) => failRow(rows[row] as number, stage, code, message),
      },
    );
    times.infer += performance.now() - clock;
    sink.alive();
  }

  const clock = performance.now();
  for (let from = 0; from < count; ) {
    let to = from;
    while (to < count && isDone[to] === isDone[from]) to++;
    if (isDone[from] === 1) {
      const valuesOf = () =>
        collected.map((values) => {
          const data = values.slice(from, to);
          return { data, dims: [to - from, data.length / (to - from)] };
        });
      const outputs = preparedOutputs(job, { valuesOf }, [], [from, to], (row) => placeOf(firstRow + row));
      const handed = { identity, outputs, from: firstRow + from, to: firstRow + to };
      handOverRows(sink, handed, job.spec.scorer, (row, message) => failRow(row, ...notANumber, message));
    }
    from = to;
  }
  times.postprocess += performance.now() - clock;
}

/** Values of rows that come in any order. */
type Collected = {
  /** The first values of `values`, row by row, are those of `places`. */
  readonly add: (values: OutputData, places: readonly number[]) => void;
  readonly slice: (from: number, to: number) => OutputData;
};

function collect(rows: number, width: number): Collected {
  let all: OutputData = [];
  return {
    add(values, places) {
      if (all.length === 0) all = roomFor(values, rows * width);
      for (const [row, place] of places.entries()) {
        for (let index = 0; index < width; index++) {
          (all as number[])[place * width + index] = values[row * width + index] as number;
        }
      }
    },
    slice: (from, to) => (all as Float32Array).slice(from * width, to * width),
  };
}

/** Of the same type as `values`. */
function roomFor(values: OutputData, length: number): OutputData {
  const maker = values.constructor as new (length: number) => OutputData;
  return new maker(length);
}
