import { isAscii, isUtf8 } from "node:buffer";
import {
  type CsvDialect,
  createRecordScanner,
  recordCells,
  scanRecord,
  setScannerWindow,
  defaultDialect,
} from "../../contract/tables/csv.ts";
import { fileEnding, unpackedName } from "../../contract/tables/table-format.ts";
import type { Checked } from "../table-file.ts";
import { type EncodingGuess, guessEncoding, undecided } from "./guess-encoding.ts";

const lookedRecords = 100;
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Finds the delimiter of a delimited file from its first bytes (byte order mark excluded): the one by which the most
 * of the first records have as many cells as the first one; among equals the one that gives more cells. A file of one
 * column has none, and gets its ending's usual one.
 *
 * `isWhole` says that the file ends where `beginning` does.
 */
export function sniffDelimiter(fileName: string, beginning: Uint8Array, isWhole: boolean): CsvDialect["delimiter"] {
  const usual = fileEnding(unpackedName(fileName)) === ".tsv" ? "\t" : ",";
  const order = [usual, ...delimiters.filter((delimiter) => delimiter !== usual)] as const;
  let best: { delimiter: CsvDialect["delimiter"]; agreement: number; cells: number } | null = null;
  for (const delimiter of order) {
    const records = firstRecords({ ...defaultDialect, delimiter }, beginning, isWhole, lookedRecords);
    const counts = records.map((cells) => cells?.length ?? 0);
    const cells = counts[0] ?? 0;
    if (cells < 2) continue;
    const agreement = counts.filter((count) => count === cells).length / counts.length;
    if (best === null || agreement > best.agreement || (agreement === best.agreement && cells > best.cells)) {
      best = { delimiter, agreement, cells };
    }
  }
  return best === null ? usual : best.delimiter;
}

/** What text that is in no encoding which is read unasked may be in. */
export type UnreadEncoding = Extract<EncodingGuess, { readonly isWindows1252: false }>;

export type SniffedEncoding = {
  /** Null: the text is ASCII so far, which is alike in both. */
  readonly encoding: CsvDialect["encoding"] | null;
  /** It is neither, and counts as UTF-8, so that whatever is used of it fails with that reason. */
  readonly unread: UnreadEncoding | null;
};

/**
 * The encoding of text, from the first bytes of a file. Of the lines that are not ASCII the greater part decides: other
 * encodings are hardly ever valid UTF-8, so a file that mostly is has broken lines. The problem is `undecided`.
 */
export function sniffEncoding(beginning: Uint8Array, isWhole: boolean): Checked<SniffedEncoding> {
  if (isAscii(beginning)) return sniffed(null);
  // The last character may be cut.
  const cuts = isWhole ? [0] : [0, 1, 2, 3];
  if (cuts.some((cut) => isUtf8(beginning.subarray(0, beginning.length - cut)))) return sniffed("utf-8");
  if (isMostlyUtf8(beginning)) return sniffed("utf-8");
  const guess = guessEncoding(beginning);
  if (guess === null) return { ok: false, problem: undecided };
  return guess.isWindows1252 ? sniffed("windows-1252") : sniffed("utf-8", guess);
}

function sniffed(
  encoding: SniffedEncoding["encoding"],
  unread: UnreadEncoding | null = null,
): Checked<SniffedEncoding> {
  return { ok: true, value: { encoding, unread } };
}

function isMostlyUtf8(beginning: Uint8Array): boolean {
  let balance = 0;
  for (let start = 0; start < beginning.length; ) {
    const lineFeed = beginning.indexOf(10, start);
    const line = beginning.subarray(start, lineFeed === -1 ? beginning.length : lineFeed);
    if (line.some((byte) => byte >= 0x80)) balance += isUtf8(line) ? 1 : -1;
    start += line.length + 1;
  }
  return balance > 0;
}

/** The cells of the first `most` records, null for a flawed one. */
export function firstRecords(
  dialect: CsvDialect,
  bytes: Uint8Array,
  isWhole: boolean,
  most: number,
): (readonly string[] | null)[] {
  const scanner = createRecordScanner(dialect);
  setScannerWindow(scanner, bytes, bytes.length, isWhole);
  const records: (readonly string[] | null)[] = [];
  let at = 0;
  while (at < bytes.length && records.length < most) {
    const outcome = scanRecord(scanner, at);
    if (outcome === "incomplete" || outcome === "overlong") break;
    if (outcome === "record") {
      records.push(scanner.flaw === null ? recordCells(bytes, at, scanner.textEnd, dialect) : null);
    }
    at = scanner.next;
  }
  return records;
}
