import type { ItemErrorCode, ItemStage } from "../../../electron/contract/item-error.ts";
import type { OutputValues } from "../../writers/prepared-output.ts";
import { carriedStates } from "./carried-states.ts";
import { notANumber, notANumberMessage, notNumbersOf } from "../hand-over-rows.ts";
import type { MiniBatchSink, MiniBatchWork, ScoringJob } from "../mini-batch-work.ts";
import { type PreparedRows, type RunResults, runRows } from "../run-rows.ts";

/** The windows of the item that was read last. */
export type WindowsOfItem = {
  readonly count: () => number;
  /** Where a window begins, in seconds. */
  readonly startOf: (row: number) => number;
};

type Fail = (stage: ItemStage, code: ItemErrorCode, message: string) => void;

/**
 * Runs all windows of one item, no more together than a frame has (one, where it carries a state to the next), and hands them to
 * the sink once the last one is there, a row each: an item of which a window fails, fails. `fileCell` is the item's.
 */
export async function runWindows(
  { model, status, mostValues, outputCells, spec: { scorer } }: ScoringJob,
  { results, feeds }: { readonly results: RunResults; readonly feeds: PreparedRows["feeds"] },
  windows: WindowsOfItem,
  { miniBatch, frameItems, limit }: MiniBatchWork,
  item: number,
  fileCell: Buffer,
  sink: MiniBatchSink,
  fail: Fail,
): Promise<void> {
  const rows = windows.count();
  const parts: OutputValues[][] = results.names.map(() => []);
  const states = scorer.kind === "audio" ? carriedStates(scorer, results) : null;
  const together = states === null ? frameItems : 1;
  let failed: Parameters<Fail> | null = null;
  for (let start = 0; start < rows && failed === null; start += together) {
    const size = Math.min(together, rows - start);
    await runRows(
      model,
      status,
      states?.results ?? results,
      {
        ...{ miniBatchId: miniBatch.id, limit, mostValues, rows: size, itemOf: () => item },
        feeds(from, to) {
          const inputs = feeds(start + from, start + to);
          return states === null ? inputs : states.fill(inputs);
        },
      },
      {
        onRows(from, to, tensors) {
          states?.keep(tensors);
          for (const [index, tensor] of tensors.entries()) parts[index]?.push(firstRows(tensor, to - from));
        },
        onFailed: (_, ...why) => {
          failed ??= why;
        },
      },
    );
    sink.alive();
  }
  if (failed !== null) {
    fail(...(failed as Parameters<Fail>));
    return;
  }
  const starts = Float64Array.from({ length: rows }, (_, row) => windows.startOf(row));
  const placeOf = (row: number) => ({ file: miniBatch.parts[item]?.file ?? "", row: row + 1 });
  const outputs = [{ data: starts, dims: [rows] }, ...parts.map(joined)].map((values, index) =>
    (outputCells[index] as (typeof outputCells)[number])(values, rows, placeOf),
  );
  const [found] = notNumbersOf(outputs);
  if (found !== undefined && scorer.kind === "audio" && scorer.notANumber !== undefined) {
    fail(...notANumber, notANumberMessage(found));
    return;
  }
  const identity = { kind: "file", fileCells: new Array<Buffer>(rows).fill(fileCell) } as const;
  const counts = { items: 1, notANumber: found === undefined ? 0 : 1 };
  sink.rows({ identity, outputs, outputsFrom: 0, from: 0, to: rows, ...counts });
}

/** A run that was filled up has rows that nobody asked for. */
function firstRows({ data, dims: [rows = 1, ...shape] }: OutputValues, count: number): OutputValues {
  const width = data.length / rows;
  return { data: rows === count ? data : (data as Float32Array).slice(0, count * width), dims: [count, ...shape] };
}

/** The rows of all runs, which have one shape since all windows have one length. */
function joined(parts: readonly OutputValues[]): OutputValues {
  const [first = { data: [], dims: [0] }] = parts;
  const dims = [parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0), ...first.dims.slice(1)];
  if (parts.length === 1) return first;
  if (Array.isArray(first.data)) {
    return { data: parts.flatMap(({ data }) => data as readonly string[]), dims };
  }
  const allocate = first.data.constructor as new (length: number) => Float32Array;
  const whole = new allocate(parts.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    whole.set(data as Float32Array, at);
    at += data.length;
  }
  return { data: whole, dims };
}
