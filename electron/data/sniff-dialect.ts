import { isUtf8 } from "node:buffer";
import { type DecimalMark, isMissing, numberFromText } from "../contract/cell-values.ts";
import {
  type CsvDialect,
  createRecordScanner,
  recordCells,
  scanRecord,
  setScannerWindow,
  usualDialect,
} from "../contract/csv.ts";
import type { TabularScorer } from "../contract/scorer.ts";
import { fileEnding } from "../contract/table-format.ts";
import { isWindows1252 } from "../contract/windows-1252.ts";
import type { TableSample } from "./sample-table.ts";

const sampleRecords = 100;
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Finds the delimiter of a delimited file from its first bytes (byte order mark excluded): the one by which the most
 * of the first records have as many cells as the first one; among equals the one that gives more cells. A file of one
 * column has none, and gets its ending's usual one.
 *
 * `isWhole` says that the file ends where `beginning` does.
 */
export function sniffDelimiter(fileName: string, beginning: Uint8Array, isWhole: boolean): CsvDialect["delimiter"] {
  const usual = fileEnding(fileName) === ".tsv" ? "\t" : ",";
  const order = [usual, ...delimiters.filter((delimiter) => delimiter !== usual)] as const;
  let best: { delimiter: CsvDialect["delimiter"]; agreement: number; cells: number } | null = null;
  for (const delimiter of order) {
    const counts = cellCounts({ ...usualDialect, delimiter }, beginning, isWhole);
    const cells = counts[0] ?? 0;
    if (cells < 2) continue;
    const agreement = counts.filter((count) => count === cells).length / counts.length;
    if (best === null || agreement > best.agreement || (agreement === best.agreement && cells > best.cells)) {
      best = { delimiter, agreement, cells };
    }
  }
  return best === null ? usual : best.delimiter;
}

/**
 * The encoding of text, from the first bytes of a file: null when they are ASCII, which is alike in both. What is neither
 * UTF-8 nor Windows-1252 counts as UTF-8, so that whatever is used of it fails with that reason.
 */
export function sniffEncoding(beginning: Uint8Array, isWhole: boolean): CsvDialect["encoding"] | null {
  if (beginning.every((byte) => byte < 0x80)) return null;
  // The last character may be cut.
  const cuts = isWhole ? [0] : [0, 1, 2, 3];
  if (cuts.some((cut) => isUtf8(beginning.subarray(0, beginning.length - cut)))) return "utf-8";
  return isWindows1252(beginning) ? "windows-1252" : "utf-8";
}

/**
 * The decimal mark of sampled number cells: a comma when most cells that show one mark or the other show a comma. Looks at
 * the columns that the scorer takes numbers from, or at all columns when it names none.
 */
export function sniffDecimal(
  delimiter: CsvDialect["delimiter"],
  scorer: TabularScorer,
  sample: TableSample,
): DecimalMark {
  if (delimiter === ",") return ".";
  const inputs = scorer.inputs.filter((input) => input.type !== "string");
  const isOpen = inputs.some((input) => input.columns === null);
  const columns = isOpen ? sample.columns : inputs.flatMap((input) => input.columns ?? []);
  let commas = 0;
  let points = 0;
  for (const row of sample.rows) {
    for (const name of new Set(columns)) {
      const cell = row.get(name.trim());
      if (cell === undefined || isMissing(cell)) continue;
      const isPointed = numberFromText(cell, ".") !== undefined;
      const isComma = numberFromText(cell, ",") !== undefined;
      if (isComma && !isPointed) commas += 1;
      if (isPointed && !isComma) points += 1;
    }
  }
  return commas > points ? "," : ".";
}

/** Cells of each of the first records, 0 for a flawed one. */
function cellCounts(dialect: CsvDialect, bytes: Uint8Array, isWhole: boolean): number[] {
  const scanner = createRecordScanner(dialect);
  setScannerWindow(scanner, bytes, bytes.length, isWhole);
  const counts: number[] = [];
  let at = 0;
  while (at < bytes.length && counts.length < sampleRecords) {
    const outcome = scanRecord(scanner, at);
    if (outcome === "incomplete" || outcome === "overlong") break;
    if (outcome === "record") {
      counts.push(scanner.flaw === null ? recordCells(bytes, at, scanner.textEnd, dialect).length : 0);
    }
    at = scanner.next;
  }
  return counts;
}
