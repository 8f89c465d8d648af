import {
  type CsvDialect,
  createRecordScanner,
  decodeText,
  recordCells,
  scanRecord,
  setScannerWindow,
} from "../../contract/tables/csv.ts";
import type { ListedFile } from "../listing/listing.ts";
import { beginningBytes, type Checked, checkText, readFully, readHeader, withFile } from "../table-file.ts";
import { sniffDelimiter, sniffEncoding } from "./sniff-dialect.ts";

/** Columns of a table and its first well-formed rows, as text. Rows of JSON lines lack what their object lacks. */
export type TableSample = {
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
};

export const sampledRows = 200;
const sampleBytes = 4 * 1024 * 1024;

/** What the beginning of a delimited file shows; `encoding` is null when it is ASCII so far. */
export type Sniffed = {
  readonly delimiter: CsvDialect["delimiter"];
  readonly encoding: CsvDialect["encoding"] | null;
};

export function sniffFile(place: string, listed: ListedFile): Checked<Sniffed> {
  const { path: name, sizeBytes } = listed;
  return withFile(place, listed, (file) => {
    const beginning = readBeginning(file, sizeBytes, beginningBytes);
    const text = checkText(beginning, sizeBytes);
    if (!text.ok) return text;
    const isWhole = beginning.length >= sizeBytes;
    const content = beginning.subarray(text.value);
    const delimiter = sniffDelimiter(name, content, isWhole);
    return { ok: true, value: { delimiter, encoding: text.value > 0 ? "utf-8" : sniffEncoding(content, isWhole) } };
  });
}

/** First rows of a delimited file. */
export function sampleDelimited(place: string, listed: ListedFile, dialect: CsvDialect): Checked<TableSample> {
  const { sizeBytes } = listed;
  return withFile(place, listed, (file) => {
    const text = checkText(readBeginning(file, sizeBytes, beginningBytes), sizeBytes);
    if (!text.ok) return text;
    const header = readHeader(file, sizeBytes, text.value, dialect);
    if (!header.ok) return header;
    const { names, dataStart } = header.value;
    const rows: Map<string, string>[] = [];
    forEachRecord(file, dataStart, sizeBytes, dialect, (bytes, start, textEnd) => {
      const cells = recordCells(bytes, start, textEnd, dialect);
      if (cells.length !== names.length) return;
      const row = new Map<string, string>();
      for (const [index, name] of names.entries()) if (!row.has(name)) row.set(name, cells[index] ?? "");
      rows.push(row);
    });
    return { ok: true, value: { columns: names, rows } };
  });
}

/** First objects of a file of JSON lines; the columns are their keys in the order in which they first come up. */
export function sampleJsonLines(place: string, listed: ListedFile): Checked<TableSample> {
  const { sizeBytes } = listed;
  return withFile(place, listed, (file) => {
    const text = checkText(readBeginning(file, sizeBytes, beginningBytes), sizeBytes);
    if (!text.ok) return text;
    const columns = new Set<string>();
    const rows: Map<string, string>[] = [];
    forEachRecord(file, text.value, sizeBytes, null, (bytes, start, textEnd) => {
      const row = jsonRow(decodeText(bytes.subarray(start, textEnd)));
      if (row === null) return;
      for (const name of row.keys()) columns.add(name);
      rows.push(row);
    });
    return { ok: true, value: { columns: [...columns], rows } };
  });
}

function jsonRow(line: string): Map<string, string> | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
  const row = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed)) row.set(name.trim(), cellText(value));
  return row;
}

function cellText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readBeginning(file: number, sizeBytes: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.min(length, sizeBytes));
  return bytes.subarray(0, readFully(file, bytes, 0, bytes.length, 0));
}

/** Visits up to `sampledRows` records without a flaw, as far as they lie in the first megabytes. */
function forEachRecord(
  file: number,
  from: number,
  sizeBytes: number,
  dialect: CsvDialect | null,
  visit: (bytes: Uint8Array, start: number, textEnd: number) => void,
): void {
  const bytes = Buffer.alloc(Math.min(sampleBytes, Math.max(0, sizeBytes - from)));
  const end = readFully(file, bytes, 0, bytes.length, from);
  const scanner = createRecordScanner(dialect);
  setScannerWindow(scanner, bytes, end, from + end >= sizeBytes);
  let at = 0;
  for (let records = 0; at < end && records < sampledRows; ) {
    const outcome = scanRecord(scanner, at);
    if (outcome === "incomplete" || outcome === "overlong") return;
    if (outcome === "record") {
      records += 1;
      if (scanner.flaw === null) visit(bytes, at, scanner.textEnd);
    }
    at = scanner.next;
  }
}
