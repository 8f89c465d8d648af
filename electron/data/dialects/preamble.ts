import { carriageReturn, type CsvDialect, defaultDialect, lineFeed } from "../../contract/tables/csv.ts";
import { numberFromText } from "../../contract/tables/cell-values.ts";
import type { Checked } from "../table-file.ts";
import { firstRecords, sniffDelimiter } from "./sniff-dialect.ts";

/** What stands before the header of a delimited file. */
export type Preamble = {
  /** Where the header starts. */
  readonly end: number;
  /** What a first line such as `sep=;` says. */
  readonly delimiter: CsvDialect["delimiter"] | null;
};

const hash = 0x23;
const separatorLine = /^"?sep=(.)"?$/i;

/**
 * Finds the header in the beginning of a file: it stands behind a line such as `sep=;`, which spreadsheets write and obey,
 * and behind comments, the lines that begin with `#`. `start`: behind the byte order mark.
 *
 * The last of those lines is the header itself when it has as many cells as the line after it and that one holds a number, or
 * when its first name begins right behind the `#`, as in `#id,name`.
 */
export function findPreamble(
  fileName: string,
  beginning: Uint8Array,
  start: number,
  isWhole: boolean,
): Checked<Preamble> {
  const first = lineAt(beginning, start);
  const said = first === null ? null : separatorLine.exec(first.text);
  if (first === null || said === null)
    return { ok: true, value: behindComments(fileName, beginning, start, null, isWhole) };
  const separator = said[1] as string;
  const delimiter = ([",", ";", "\t", "|"] as const).find((known) => known === separator);
  if (delimiter !== undefined) {
    return { ok: true, value: behindComments(fileName, beginning, first.next, delimiter, isWhole) };
  }
  const message = `The first line says that "${separator}" separates the cells; save the file with commas, semicolons, tabs or bars.`;
  return { ok: false, problem: { code: "file-unreadable", message } };
}

type Line = { readonly text: string; readonly next: number };

/** A short first line; null when it is longer than any `sep=` line, or not whole. */
function lineAt(bytes: Uint8Array, start: number): Line | null {
  const end = bytes.subarray(start, start + 16).indexOf(lineFeed);
  if (end === -1) return null;
  return {
    text: Buffer.from(bytes.subarray(start, start + end))
      .toString("latin1")
      .replace(/\r+$/, ""),
    next: start + end + 1,
  };
}

function behindComments(
  fileName: string,
  bytes: Uint8Array,
  start: number,
  delimiter: CsvDialect["delimiter"] | null,
  isWhole: boolean,
): Preamble {
  let last = -1;
  let at = start;
  for (;;) {
    let text = at;
    while (bytes[text] === carriageReturn) text++;
    const isComment = bytes[text] === hash;
    if (!isComment && bytes[text] !== lineFeed) break;
    const lineEnd = bytes.indexOf(lineFeed, text);
    // Comments as far as the eye reaches: nothing shows that they are any.
    if (lineEnd === -1) return { end: start, delimiter };
    if (isComment) last = at;
    at = lineEnd + 1;
  }
  if (last === -1 || at >= bytes.length) return { end: start, delimiter };
  const behind = bytes.subarray(at);
  const dialect = { ...defaultDialect, delimiter: delimiter ?? sniffDelimiter(fileName, behind, isWhole) };
  const [comment = null] = firstRecords(dialect, bytes.subarray(last, at), true, 1);
  const [next = null] = firstRecords(dialect, behind, isWhole, 1);
  return { end: isHeader(comment, next) ? last : at, delimiter };
}

function isHeader(comment: readonly string[] | null, next: readonly string[] | null): boolean {
  if (comment === null || next === null || comment.length !== next.length) return false;
  if (next.some((cell) => numberFromText(cell, ".") !== undefined || numberFromText(cell, ",") !== undefined))
    return true;
  return comment.length > 1 && /^#\S/.test(comment[0] ?? "");
}
