import type { ScorerOutput } from "../../electron/contract/scorer.ts";
import type { OutputData } from "../writers/output-cells.ts";
import type { StatusFile } from "../writers/status-file.ts";
import { oneLine } from "../writers/errors-encoder.ts";
import type { Feeds, ModelSession, OutputTensor } from "./model-session.ts";

/** Rows that go into one run of the model together. */
export type RowsToRun = {
  readonly unitId: number;
  readonly rows: number;
  /** The item, counted within the unit, that a row stands for; ascending. */
  readonly itemOf: (row: number) => number;
  /** The inputs of rows `from`..`to`. */
  readonly feeds: (from: number, to: number) => { readonly feeds: Feeds; readonly rows: number };
};

export type RunListener = {
  /** Rows `from`..`to` came out: the data of each output, their first row first. */
  readonly onRows: (from: number, to: number, outputs: readonly OutputData[]) => void;
  readonly onFailed: (row: number, stage: "infer" | "postprocess", message: string) => void;
};

/**
 * Runs rows and tells what came out, in the order of the rows. When ONNX Runtime refuses a run, its halves are run
 * instead, down to the row that is refused alone. The status file names the items before each run, and nothing after it.
 */
export async function runRows(
  model: ModelSession,
  status: StatusFile,
  outputs: readonly ScorerOutput[],
  batch: RowsToRun,
  listener: RunListener,
): Promise<void> {
  const names = outputs.map((output) => output.name);

  const run = async (from: number, to: number): Promise<void> => {
    const { feeds, rows } = batch.feeds(from, to);
    let results: Readonly<Record<string, OutputTensor>>;
    status.risk(batch.unitId, batch.itemOf(from), batch.itemOf(to - 1) + 1, "infer");
    try {
      results = await model.run(feeds, names);
    } catch (error) {
      status.idle();
      if (to - from === 1) {
        listener.onFailed(from, "infer", `The model refused this item: ${reasonOf(error)}`);
        return;
      }
      const middle = from + ((to - from) >> 1);
      await run(from, middle);
      await run(middle, to);
      return;
    }
    status.idle();
    const data: OutputData[] = [];
    for (const output of outputs) {
      const tensor = results[output.name] as OutputTensor;
      const objection = objectionTo(tensor, output, rows);
      if (objection !== null) {
        for (let row = from; row < to; row++) listener.onFailed(row, "postprocess", objection);
        return;
      }
      data.push(tensor.data);
    }
    listener.onRows(from, to, data);
  };

  if (batch.rows > 0) await run(0, batch.rows);
}

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

function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}
