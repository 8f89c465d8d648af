import {
  type CsvDialect,
  createRecordScanner,
  decodeText,
  maxRecordBytes,
  recordCells,
  scanRecord,
  setScannerWindow,
} from "../../contract/tables/csv.ts";
import { columnName } from "../../contract/tables/column-names.ts";
import type { ListedFile } from "../listing/listing.ts";
import { type Dialects, findLines, findTable } from "../dialects/file-dialect.ts";
import { rowOfCells, sampledRows, type TableSample } from "../dialects/table-sample.ts";
import { type Checked, readFully, withFile } from "../table-file.ts";

const sampleBytes = 4 * 1024 * 1024;

/** A sample of a delimited file, and how it was read. */
export type DelimitedSample = TableSample & { readonly dialect: CsvDialect };

/** First rows of a delimited file. */
export function sampleDelimited(place: string, listed: ListedFile, dialects: Dialects): Checked<DelimitedSample> {
  const { sizeBytes } = listed;
  return withFile(place, listed, (file) => {
    const found = findTable(file, listed, dialects);
    if (!found.ok) return found;
    const { names, dataStart, dialect } = found.value;
    const rows: ReadonlyMap<string, string>[] = [];
    forEachRecord(file, dataStart, sizeBytes, dialect, (bytes, start, textEnd) => {
      const row = rowOfCells(names, recordCells(bytes, start, textEnd, dialect));
      if (row !== null) rows.push(row);
    });
    return { ok: true, value: { columns: names, rows, dialect } };
  });
}

/**
 * First objects of a file of JSON lines; the columns are their keys in the order in which they first come up. Of the
 * `wanted` names those are found too that are fields of objects.
 */
export function sampleJsonLines(place: string, listed: ListedFile, wanted: readonly string[]): Checked<TableSample> {
  const { sizeBytes } = listed;
  return withFile(place, listed, (file) => {
    const text = findLines(file, listed);
    if (!text.ok) return text;
    const columns = new Set<string>();
    const fields = new Set<string>();
    const dotted = wanted.filter((name) => name.includes("."));
    const rows: Map<string, string>[] = [];
    forEachRecord(file, text.value, sizeBytes, null, (bytes, start, textEnd) => {
      const object = jsonObject(decodeText(bytes.subarray(start, textEnd)));
      if (object === null) return;
      const row = new Map<string, string>();
      for (const [name, value] of Object.entries(object)) row.set(columnName(name), cellText(value));
      for (const name of row.keys()) columns.add(name);
      for (const name of dotted) {
        const value = row.has(name) ? undefined : fieldOf(object, name);
        if (value === undefined) continue;
        fields.add(name);
        row.set(name, cellText(value));
      }
      rows.push(row);
    });
    const beside = [...fields].filter((name) => !columns.has(name));
    return { ok: true, value: { columns: [...columns], rows, beside, isOpen: true } };
  });
}

function jsonObject(line: string): Readonly<Record<string, unknown>> | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  return isObject(parsed) ? parsed : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of `a.b`: under that key, or under `b` in the object under `a`; null where that is null; undefined for none. */
function fieldOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  const valueOf = (wanted: string) => Object.entries(object).findLast(([key]) => columnName(key) === wanted)?.[1];
  const own = valueOf(name);
  if (own !== undefined) return own;
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const inner = valueOf(name.slice(0, dot).trim());
    if (inner === null) return null;
    const value = isObject(inner) ? fieldOf(inner, name.slice(dot + 1).trim()) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

function cellText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Visits up to `sampledRows` records without a flaw, as far as they lie in the first megabytes; the first of them wherever it ends. */
function forEachRecord(
  file: number,
  from: number,
  sizeBytes: number,
  dialect: CsvDialect | null,
  visit: (bytes: Uint8Array, start: number, textEnd: number) => void,
): void {
  for (let length = sampleBytes; ; length *= 2) {
    const bytes = Buffer.alloc(Math.min(length, Math.max(0, sizeBytes - from)));
    const end = readFully(file, bytes, 0, bytes.length, from);
    const isWhole = from + end >= sizeBytes;
    const scanner = createRecordScanner(dialect);
    setScannerWindow(scanner, bytes, end, isWhole);
    let at = 0;
    let records = 0;
    while (at < end && records < sampledRows) {
      const outcome = scanRecord(scanner, at);
      if (outcome === "incomplete" || outcome === "overlong") break;
      if (outcome === "record") {
        records += 1;
        if (scanner.flaw === null) visit(bytes, at, scanner.textEnd);
      }
      at = scanner.next;
    }
    if (records > 0 || isWhole || end > maxRecordBytes) return;
  }
}
