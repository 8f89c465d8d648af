import { oneLine } from "../../electron/contract/plain-text.ts";
import { csvTextCell } from "../../electron/contract/tables/csv-cell.ts";
import type { ItemError } from "../../electron/contract/item-error.ts";

/** Longest `value` of an error, in characters. */
const maxValueLength = 200;
/** Lines are turned into bytes in groups, so that a mini-batch where everything fails holds bytes and not strings. */
const linesPerGroup = 1000;

export type ErrorsEncoder = {
  readonly add: (error: ItemError) => void;
  /** The lines so far as bytes; the encoder starts anew. */
  readonly take: () => Buffer[];
  readonly count: () => number;
};

/** Gathers the errors.csv lines of one mini-batch. */
export function createErrorsEncoder(formulas: "escape" | "keep"): ErrorsEncoder {
  let groups: Buffer[] = [];
  let lines: string[] = [];
  let count = 0;
  const closeGroup = () => {
    if (lines.length > 0) groups.push(Buffer.from(lines.join(""), "utf8"));
    lines = [];
  };
  return {
    add(error) {
      lines.push(errorLine(error, formulas));
      count++;
      if (lines.length >= linesPerGroup) closeGroup();
    },
    take() {
      closeGroup();
      const taken = groups;
      groups = [];
      count = 0;
      return taken;
    },
    count: () => count,
  };
}

/** One line of errors.csv, LF included. */
export function errorLine(error: ItemError, formulas: "escape" | "keep"): string {
  const row = error.row === null ? "" : String(error.row);
  const file = csvTextCell(error.file, formulas);
  const message = csvTextCell(oneLine(error.message), formulas);
  return `${file},${row},${error.stage},${error.code},${message},${csvTextCell(shortened(error.value), formulas)}\n`;
}

/** What an exception says, on one line. */
export function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

function shortened(value: string): string {
  if (value.length <= maxValueLength) return value;
  const cut = value.slice(0, maxValueLength);
  // Half of a surrogate pair is no character.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}
