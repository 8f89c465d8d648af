import type { Scorer } from "../../electron/contract/nouns/scorer.ts";
import type { ItemPlace, NotANumber, PreparedOutput } from "../writers/prepared-output.ts";
import type { MiniBatchSink, ScoredRows, ScoringJob } from "./mini-batch-work.ts";
import type { OutputTensor } from "./model-session.ts";
import type { PreparedRows } from "./run-rows.ts";

/** Stage and code of a row that fails for its score. */
export const notANumber = ["postprocess", "score-not-a-number"] as const;

/**
 * Hands the rows of one run to the sink. Rows with a score that is NaN or infinite are among them, and counted; or, where
 * the scorer says so, each goes to `fail` instead.
 */
export function handOverRows(
  sink: MiniBatchSink,
  { identity, outputs, from, to }: Pick<ScoredRows, "identity" | "outputs" | "from" | "to">,
  scorer: Scorer,
  fail: (row: number, message: string) => void,
): void {
  const found = notNumbersOf(outputs);
  if (found.length === 0 || scorer.kind === "script" || scorer.notANumber === undefined) {
    sink.rows({ identity, outputs, outputsFrom: from, from, to, items: to - from, notANumber: found.length });
    return;
  }
  let next = from;
  const handOverUntil = (end: number): void => {
    const items = end - next;
    if (items > 0) sink.rows({ identity, outputs, outputsFrom: from, from: next, to: end, items, notANumber: 0 });
    next = end + 1;
  };
  for (const one of found) {
    handOverUntil(from + one.row);
    fail(from + one.row, notANumberMessage(one));
  }
  handOverUntil(to);
}

export function notANumberMessage({ column, value }: NotANumber): string {
  return `The score "${column}" is ${value}, which is not a number.`.replace(/\s+/g, " ");
}

/** The outputs of rows `from`..`to`, ready to be written. `placeOf`: of a row of the frame. */
export function preparedOutputs(
  { outputCells }: Pick<ScoringJob, "outputCells">,
  { valuesOf }: Pick<PreparedRows, "valuesOf">,
  tensors: readonly OutputTensor[],
  [from, to]: readonly [number, number],
  placeOf: (row: number) => ItemPlace,
): readonly PreparedOutput[] {
  const rows = to - from;
  return (valuesOf?.(tensors, from, to) ?? tensors).map((values, index) =>
    (outputCells[index] as (typeof outputCells)[number])(values, rows, (row) => placeOf(from + row)),
  );
}

/** One a row, by row. */
export function notNumbersOf(outputs: readonly PreparedOutput[]): readonly NotANumber[] {
  const some = outputs.filter(({ notNumbers }) => notNumbers.length > 0);
  if (some.length < 2) return some[0]?.notNumbers ?? [];
  const byRow = new Map<number, NotANumber>();
  for (const { notNumbers } of some)
    for (const found of notNumbers) if (!byRow.has(found.row)) byRow.set(found.row, found);
  return [...byRow.values()].sort((one, other) => one.row - other.row);
}
