import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import type { ScorerOutput } from "../../electron/contract/nouns/scorer.ts";
import type { OutputData } from "../writers/output-cells.ts";
import type { StatusFile } from "../writers/status-file.ts";
import { reasonOf } from "../writers/errors-encoder.ts";
import type { Feeds, ModelSession, OutputTensor } from "./model-session.ts";

/** Rows that a run may have at most, learnt from runs of the same mini-batch that found too little memory; null: no limit. */
export type RunLimit = { maxRows: number | null };

/** Why rows do not go into one run: they are too many together, or the one row that is asked for cannot be made an input. */
export type RowsRefused = {
  readonly refused: { readonly stage: ItemStage; readonly code: ItemErrorCode; readonly message: string };
};

/** The inputs of one run. */
export type RunInputs = { readonly feeds: Feeds; readonly rows: number };

/** Rows that go into one run of the model together. */
export type RowsToRun = {
  readonly miniBatchId: number;
  readonly limit: RunLimit;
  readonly rows: number;
  /** The item, counted within the mini-batch, that a row stands for; ascending. */
  readonly itemOf: (row: number) => number;
  /** The inputs of rows `from`..`to`; when several are refused, their halves are asked for instead. */
  readonly feeds: (from: number, to: number) => RunInputs | RowsRefused;
};

export type RunListener = {
  /** Rows `from`..`to` came out: the data of each output, their first row first. */
  readonly onRows: (from: number, to: number, outputs: readonly OutputData[]) => void;
  readonly onFailed: (row: number, stage: ItemStage, code: ItemErrorCode, message: string) => void;
};

/**
 * Runs rows and tells what came out, in the order of the rows. When ONNX Runtime refuses a run, its halves are run
 * instead, down to the row that is refused alone. When it refuses for want of memory and the halves do fit, later runs of
 * the mini-batch are no larger than those. The status file names the items before each run.
 */
export async function runRows(
  model: ModelSession,
  status: StatusFile,
  outputs: readonly ScorerOutput[],
  batch: RowsToRun,
  listener: RunListener,
): Promise<void> {
  const names = outputs.map((output) => output.name);

  const { limit } = batch;

  /** Rows `from`..`to` in runs of at most `size`. False when one of them does not fit into memory even alone. */
  const runPieces = async (from: number, to: number, size: number): Promise<boolean> => {
    let allFit = true;
    for (let start = from; start < to; ) {
      const end = Math.min(to, start + Math.min(size, limit.maxRows ?? size));
      if (!(await run(start, end))) allFit = false;
      start = end;
    }
    return allFit;
  };

  const run = async (from: number, to: number): Promise<boolean> => {
    const inputs = batch.feeds(from, to);
    if ("refused" in inputs) {
      if (to - from > 1) return runPieces(from, to, Math.ceil((to - from) / 2));
      const { stage, code, message } = inputs.refused;
      listener.onFailed(from, stage, code, message);
      return true;
    }
    const { feeds, rows } = inputs;
    let results: Readonly<Record<string, OutputTensor>>;
    status.risk(batch.miniBatchId, batch.itemOf(from), batch.itemOf(to - 1) + 1, "infer");
    try {
      results = await model.run(feeds, names);
    } catch (error) {
      status.working(batch.miniBatchId);
      const reason = reasonOf(error);
      const isShortOfMemory = shortOfMemory.test(reason);
      if (to - from === 1) {
        if (isShortOfMemory) {
          listener.onFailed(from, "infer", "out-of-memory", `There is not enough memory to run this item: ${reason}`);
        } else listener.onFailed(from, "infer", "model-error", `The model refused this item: ${reason}`);
        return !isShortOfMemory;
      }
      const half = Math.ceil((to - from) / 2);
      const allFit = await runPieces(from, to, half);
      // One row that is too large alone says nothing about how many ordinary rows fit.
      if (isShortOfMemory && allFit) limit.maxRows = Math.min(limit.maxRows ?? half, half);
      return allFit;
    }
    status.working(batch.miniBatchId);
    const data: OutputData[] = [];
    for (const output of outputs) {
      const tensor = results[output.name] as OutputTensor;
      const objection = objectionTo(tensor, output, rows);
      if (objection !== null) {
        for (let row = from; row < to; row++) listener.onFailed(row, "postprocess", "model-error", objection);
        return true;
      }
      data.push(tensor.data);
    }
    listener.onRows(from, to, data);
    return true;
  };

  await runPieces(0, batch.rows, batch.rows);
}

/**
 * What ONNX Runtime, its providers and JavaScript itself say when memory runs out; each was seen or stands in their
 * sources. A run that ends this way may well succeed with fewer rows.
 */
const shortOfMemory =
  /failed to allocate memory|bad_?alloc|out of memory|(CUDNN|CUBLAS)_STATUS_ALLOC_FAILED|E_OUTOFMEMORY|8007000E|array buffer allocation failed|not enough memory/i;

/** Why an output cannot be told apart into rows, or null when it can. */
function objectionTo(tensor: OutputTensor, output: ScorerOutput, rows: number): string | null {
  const found = tensor.dims[0] ?? 1;
  if (found !== rows) {
    return `The model's output "${output.name}" has ${found} rows where ${rows} were put in, so results cannot be told apart.`;
  }
  if (tensor.data.length !== rows * output.width) {
    const width = tensor.data.length / rows;
    return `The model's output "${output.name}" has ${width} values a row here, where ${output.width} were expected.`;
  }
  return null;
}
