import {
  type CsvDialect,
  createRecordScanner,
  recordCells,
  scanRecord,
  setScannerWindow,
  usualDialect,
} from "../contract/csv.ts";
import { fileEnding } from "../contract/table-format.ts";

const sampleRecords = 100;
const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Finds the delimiter of a delimited file from its first bytes (byte order mark excluded): the one by which the most
 * of the first records have as many cells as the first one; among equals the one that gives more cells. A file of one
 * column has none, and gets its ending's usual one.
 *
 * `isWhole` says that the file ends where `beginning` does.
 */
export function sniffDialect(fileName: string, beginning: Uint8Array, isWhole: boolean): CsvDialect {
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
  return { ...usualDialect, delimiter: best === null ? usual : best.delimiter };
}

/** Cells of each of the first records, 0 for a flawed one. */
function cellCounts(dialect: CsvDialect, bytes: Uint8Array, isWhole: boolean): number[] {
  const scanner = createRecordScanner(dialect);
  setScannerWindow(scanner, bytes, bytes.length, isWhole);
  const delimiter = dialect.delimiter.charCodeAt(0);
  const counts: number[] = [];
  let at = 0;
  while (at < bytes.length && counts.length < sampleRecords) {
    const outcome = scanRecord(scanner, at);
    if (outcome === "incomplete" || outcome === "overlong") break;
    if (outcome === "record") {
      counts.push(scanner.flaw === null ? recordCells(bytes, at, scanner.textEnd, delimiter).length : 0);
    }
    at = scanner.next;
  }
  return counts;
}
