import type { ItemErrorCode, ItemStage } from "../../electron/contract/item-error.ts";
import { maxArrayValues } from "../../electron/contract/nouns/scorers/item-files.ts";
import { imageSize, type OutputImage } from "../../electron/contract/nouns/scorers/output-images.ts";
import type { ScorerOutput } from "../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { OutputValues } from "../writers/prepared-output.ts";
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
export type RunInputs = {
  readonly feeds: Feeds;
  readonly rows: number;
  /** The model has no batch dimension: all that comes out is of the one row. */
  readonly isWhole?: true;
};

/** Rows that go into one run of the model together. */
export type RowsToRun = {
  readonly miniBatchId: number;
  readonly limit: RunLimit;
  readonly rows: number;
  /** Values that the arrays of a row may have together. */
  readonly mostValues: number;
  /** The item, counted within the mini-batch, that a row stands for; ascending. */
  readonly itemOf: (row: number) => number;
  /** The inputs of rows `from`..`to`; when several are refused, their halves are asked for instead. */
  readonly feeds: (from: number, to: number) => RunInputs | RowsRefused;
};

/** Rows that are ready to be run. */
export type PreparedRows = {
  readonly feeds: RowsToRun["feeds"];
  /** Each output for rows `from`..`to`; left out: what came out. */
  readonly valuesOf?: (tensors: readonly OutputTensor[], from: number, to: number) => readonly OutputValues[];
};

/** What a run is asked for. */
export type RunResults = {
  /** Names of the model's outputs. */
  readonly names: readonly string[];
  /** Why what came out for so many rows cannot be told apart into rows, or null when it can. */
  readonly objectionTo: (tensors: readonly OutputTensor[], rows: number, mostValues: number) => string | null;
  /** A run has one row, and all that comes out is of it. */
  readonly ofOneRow?: boolean;
};

/** Outputs that give every row its values; `ofOneRow`: those of one row, whatever they begin with. */
export function resultsPerRow(outputs: readonly ScorerOutput[], ofOneRow = false): RunResults {
  return {
    ofOneRow,
    names: outputs.map(({ name }) => name),
    objectionTo(tensors, rows, mostValues) {
      let values = 0;
      for (const [index, { name, width, array, image }] of outputs.entries()) {
        const { dims, data } = tensors[index] as OutputTensor;
        const found = dims[0] ?? 1;
        if (found !== rows) {
          return `The model's output "${name}" has ${found} rows where ${rows} were put in, so results cannot be told apart.`;
        }
        if (image !== undefined) {
          const objection = objectionToPicture(name, image, dims);
          if (objection !== null) return objection;
        } else if (array !== undefined) values += data.length / rows;
        else if (data.length !== rows * width) {
          return `The model's output "${name}" has ${data.length / rows} values a row here, where ${width} were expected.`;
        }
      }
      return values <= mostValues ? null : tooMany(values, mostValues);
    },
  };
}

function objectionToPicture(name: string, image: OutputImage, [, ...dims]: readonly number[]): string | null {
  if (imageSize(image, dims) === null)
    return `The model's output "${name}" is ${dims.join(" × ")} here, which is no picture.`;
  const values = dims.reduce((product, size) => product * size, 1);
  return values <= maxArrayValues ? null : tooMany(values, maxArrayValues);
}

function tooMany(values: number, most: number): string {
  return `The model gave ${values} values for this item, and at most ${most} can be written.`;
}

export type RunListener = {
  /** Rows `from`..`to` came out: each output, their first row first. */
  readonly onRows: (from: number, to: number, outputs: readonly OutputTensor[]) => void;
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
  { names, objectionTo, ofOneRow = false }: RunResults,
  batch: RowsToRun,
  listener: RunListener,
): Promise<void> {
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
    const { feeds, rows, isWhole = false } = inputs;
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
    const given = names.map((name) => results[name] as OutputTensor);
    const tensors = isWhole || ofOneRow ? given.map(asOneRow) : given;
    const objection = objectionTo(tensors, rows, batch.mostValues);
    if (objection === null) listener.onRows(from, to, tensors);
    else for (let row = from; row < to; row++) listener.onFailed(row, "postprocess", "model-error", objection);
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

function asOneRow({ type, data, dims }: OutputTensor): OutputTensor {
  return { type, data, dims: [1, ...dims] };
}
