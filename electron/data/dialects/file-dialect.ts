import { isAscii } from "node:buffer";
import { byteOrderMarkLength, type CsvDialect, defaultDialect } from "../../contract/tables/csv.ts";
import { columnName } from "../../contract/tables/column-names.ts";
import type { TabularScorer } from "../../contract/nouns/scorer.ts";
import type { ListedFile } from "../listing/listing.ts";
import {
  type ByteSource,
  beginningBytes,
  type Checked,
  checkText,
  type Header,
  readFully,
  readHeader,
  withFile,
} from "../table-file.ts";
import { findPreamble } from "./preamble.ts";
import { sniffDecimal } from "./sniff-decimal.ts";
import { firstRecords, sniffDelimiter, sniffEncoding } from "./sniff-dialect.ts";
import { rowOfCells, sampledRows } from "./table-sample.ts";

/** How the delimited files of an input are read. */
export type Dialects = {
  /** The job's: what a file is read in that does not show another one. Null: no file had shown any. */
  readonly dialect: CsvDialect | null;
  /** What the tables are read for; null: every file is read in the job's dialect, as in jobs of earlier versions. */
  readonly table: TabularScorer | null;
};

/**
 * How one delimited file is read, by its beginning alone and what is frozen in the job, so that it is found again whenever the
 * file is looked at again.
 */
export function fileDialect(
  { dialect, table }: Dialects,
  file: ListedFile,
  beginning: Uint8Array,
): Checked<CsvDialect> {
  const job = dialect ?? defaultDialect;
  if (table === null) return { ok: true, value: job };
  const isWhole = beginning.length >= file.sizeBytes;
  const mark = byteOrderMarkLength(beginning);
  const preamble = findPreamble(file.path, beginning, mark, isWhole);
  if (!preamble.ok) return preamble;
  const { end } = preamble.value;
  const content = beginning.subarray(end);
  const headerStart = end === mark ? 0 : end;
  const wanted = [...table.inputs.flatMap((input) => input.columns ?? []), ...table.keep];
  // What the header has the columns in, the file is read in: its rows may be few, and say less.
  const isAsJob = hasColumns(content, isWhole, job, wanted);
  const delimiter = preamble.value.delimiter ?? (isAsJob ? job.delimiter : sniffDelimiter(file.path, content, isWhole));
  const isShown = mark > 0 || (isAsJob && !isAscii(Buffer.from(wanted.join(""))));
  const sniffed = isShown ? null : sniffEncoding(content, isWhole);
  const encoding = mark > 0 ? "utf-8" : (sniffed ?? job.encoding);
  const found = { ...defaultDialect, delimiter, encoding, headerStart };
  return { ok: true, value: { ...found, decimal: decimalOf(found, job, content, isWhole, table) } };
}

function hasColumns(content: Uint8Array, isWhole: boolean, dialect: CsvDialect, columns: readonly string[]): boolean {
  const [header] = firstRecords(dialect, content, isWhole, 1);
  const names = new Set((header ?? []).map(columnName));
  return columns.length > 0 && columns.every((name) => names.has(columnName(name)));
}

const comma = 0x2c;

function decimalOf(
  found: CsvDialect,
  job: CsvDialect,
  content: Uint8Array,
  isWhole: boolean,
  table: TabularScorer,
): CsvDialect["decimal"] {
  if (found.delimiter === ",") return ".";
  if (job.decimal === "." && !content.includes(comma)) return ".";
  const [header, ...records] = firstRecords(found, content, isWhole, sampledRows);
  const columns = (header ?? []).map(columnName);
  const rows = records.flatMap((cells) => (cells === null ? [] : (rowOfCells(columns, cells) ?? [])));
  return sniffDecimal(table, { columns, rows }) ?? job.decimal;
}

/** Whether two files are read alike. */
export function isSameDialect(one: CsvDialect, other: CsvDialect): boolean {
  return (Object.keys(defaultDialect) as (keyof CsvDialect)[]).every((key) => one[key] === other[key]);
}

/** What the beginning of a delimited file shows; `encoding` is null when it is ASCII so far. */
export type Sniffed = {
  readonly delimiter: CsvDialect["delimiter"];
  readonly encoding: CsvDialect["encoding"] | null;
};

export function sniffFile(place: string, listed: ListedFile): Checked<Sniffed> {
  const { path: name, sizeBytes } = listed;
  return withFile(place, listed, (file) => {
    const beginning = readBeginning(file, sizeBytes);
    const text = checkText(beginning, sizeBytes);
    if (!text.ok) return text;
    const isWhole = beginning.length >= sizeBytes;
    const preamble = findPreamble(name, beginning, text.value, isWhole);
    if (!preamble.ok) return preamble;
    const content = beginning.subarray(preamble.value.end);
    const delimiter = preamble.value.delimiter ?? sniffDelimiter(name, content, isWhole);
    return { ok: true, value: { delimiter, encoding: text.value > 0 ? "utf-8" : sniffEncoding(content, isWhole) } };
  });
}

/** How a delimited file is read, what its columns are called and where its records begin. */
export type Table = Header & { readonly dialect: CsvDialect };

/** Finds the table in a delimited file. */
export function findTable(file: ByteSource, listed: ListedFile, dialects: Dialects): Checked<Table> {
  const { sizeBytes } = listed;
  const beginning = readBeginning(file, sizeBytes);
  const text = checkText(beginning, sizeBytes);
  if (!text.ok) return text;
  const dialect = fileDialect(dialects, listed, beginning);
  if (!dialect.ok) return dialect;
  const header = readHeader(file, sizeBytes, text.value, dialect.value);
  return header.ok ? { ok: true, value: { ...header.value, dialect: dialect.value } } : header;
}

/** Where the lines of a text begin: behind the byte order mark. */
export function findLines(file: ByteSource, { sizeBytes }: ListedFile): Checked<number> {
  return checkText(readBeginning(file, sizeBytes), sizeBytes);
}

/** Where the records of a text file begin: those of the table in it, or with `dialects` null its lines. */
export function findRecords(
  file: ByteSource,
  listed: ListedFile,
  dialects: Dialects | null,
): Checked<{ readonly dataStart: number; readonly dialect: CsvDialect | null }> {
  if (dialects !== null) return findTable(file, listed, dialects);
  const lines = findLines(file, listed);
  return lines.ok ? { ok: true, value: { dataStart: lines.value, dialect: null } } : lines;
}

function readBeginning(file: ByteSource, sizeBytes: number): Uint8Array {
  // Of many small files, reading is what takes the time.
  if (typeof file !== "number") return file.subarray(0, beginningBytes);
  const bytes = Buffer.alloc(Math.min(beginningBytes, sizeBytes));
  return bytes.subarray(0, readFully(file, bytes, 0, bytes.length, 0));
}
