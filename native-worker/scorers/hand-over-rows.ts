import type { Scorer } from "../../electron/contract/nouns/scorer.ts";
import type { NotANumber, PreparedOutput } from "../writers/output-cells.ts";
import type { MiniBatchSink, ScoredRows } from "./mini-batch-work.ts";

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
    sink.rows({ identity, outputs, outputsFrom: from, from, to, notANumber: found.length });
    return;
  }
  let next = from;
  const handOverUntil = (end: number): void => {
    if (end > next) sink.rows({ identity, outputs, outputsFrom: from, from: next, to: end, notANumber: 0 });
    next = end + 1;
  };
  for (const { row, column, value } of found) {
    handOverUntil(from + row);
    fail(from + row, `The score "${column}" is ${value}, which is not a number.`.replace(/\s+/g, " "));
  }
  handOverUntil(to);
}

/** One a row, by row. */
function notNumbersOf(outputs: readonly PreparedOutput[]): readonly NotANumber[] {
  const some = outputs.filter(({ notNumbers }) => notNumbers.length > 0);
  if (some.length < 2) return some[0]?.notNumbers ?? [];
  const byRow = new Map<number, NotANumber>();
  for (const { notNumbers } of some)
    for (const found of notNumbers) if (!byRow.has(found.row)) byRow.set(found.row, found);
  return [...byRow.values()].sort((one, other) => one.row - other.row);
}
