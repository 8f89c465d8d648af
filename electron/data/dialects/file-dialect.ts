import { isAscii } from "node:buffer";
import { byteOrderMarkLength, type CsvDialect, decodeText, defaultDialect } from "../../contract/tables/csv.ts";
import { columnName } from "../../contract/tables/column-names.ts";
import { isReadInPlace } from "../../contract/tables/text-start.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
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
import {
  firstRecords,
  sniffDelimiter,
  type SniffedEncoding,
  sniffEncoding,
  type UnreadEncoding,
} from "./sniff-dialect.ts";
import { rowOfCells, sampledRows, shortened } from "./table-sample.ts";

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
  const isShown = isAsJob && !isAscii(Buffer.from(wanted.join("")));
  const shown = isShown ? job.encoding : undefined;
  const sniffed = encodingIn({ content, isWhole, mark, set: shown ?? table.encoding ?? null });
  if (!sniffed.ok) return sniffed;
  const encoding = sniffed.value.encoding ?? job.encoding;
  const found = { ...defaultDialect, delimiter, encoding, headerStart };
  return { ok: true, value: { ...found, decimal: decimalOf(found, job, content, isWhole, table) } };
}

type Content = {
  readonly content: Uint8Array;
  readonly isWhole: boolean;
  /** Length of the byte order mark before it. */
  readonly mark: number;
  /** The encoding of scorer.yml. */
  readonly set: string | null;
};

/** A mark says more than what is set, and that more than the bytes. What is not read as it stands is a copy, with its mark. */
function encodingIn({ content, isWhole, mark, set }: Content): Checked<SniffedEncoding> {
  if (mark > 0) return { ok: true, value: { encoding: "utf-8", unread: null } };
  if (isReadInPlace(set)) return { ok: true, value: { encoding: set, unread: null } };
  return sniffEncoding(content, isWhole);
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

/** What the beginning of a delimited file shows. */
export type Sniffed = SniffedEncoding & {
  readonly delimiter: CsvDialect["delimiter"];
  /** The first line that is not plain ASCII, cut short. */
  readonly text: string | null;
};

/** `set`: the encoding of scorer.yml. */
export function sniffFile(place: string, listed: ListedFile, set: string | null): Checked<Sniffed> {
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
    const sniffed = encodingIn({ content, isWhole, mark: text.value, set });
    if (!sniffed.ok) return sniffed;
    return { ok: true, value: { ...sniffed.value, delimiter, text: lineBeyondAscii(content, sniffed.value.encoding) } };
  });
}

function lineBeyondAscii(content: Uint8Array, encoding: CsvDialect["encoding"] | null): string | null {
  if (encoding === null) return null;
  const lines = decodeText(content, encoding).split(/\r?\n/);
  const line = lines.find((text) => !isAscii(Buffer.from(text)));
  return line === undefined ? null : shortened(line.trim());
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

/**
 * Where a text begins that its job takes for Windows-1252, as the first of its texts looked like it: one that is neither that
 * nor UTF-8 must not be read as that in silence.
 */
export function findWesternText(file: ByteSource, { sizeBytes }: ListedFile): Checked<RecordsStart> {
  const beginning = readBeginning(file, sizeBytes);
  const mark = checkText(beginning, sizeBytes);
  if (!mark.ok) return mark;
  const sniffed = encodingIn({
    content: beginning,
    isWhole: beginning.length >= sizeBytes,
    mark: mark.value,
    set: null,
  });
  if (!sniffed.ok) return sniffed;
  const { unread } = sniffed.value;
  if (unread === null) return { ok: true, value: { dataStart: mark.value, dialect: null } };
  return { ok: false, problem: { code: "file-encoding", message: unreadWords(unread) } };
}

function unreadWords({ likely }: UnreadEncoding): string {
  const looks = likely === null ? "" : `, but looks like ${likely}`;
  return `The text is neither UTF-8 nor likely to be Windows-1252${looks}; name its encoding in scorer.yml, as input.encoding.`;
}

/** `dialect` is null where lines are records. */
type RecordsStart = { readonly dataStart: number; readonly dialect: CsvDialect | null };

/** Where the records of a text file begin: those of the table in it, or with `dialects` null its lines. */
export function findRecords(file: ByteSource, listed: ListedFile, dialects: Dialects | null): Checked<RecordsStart> {
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
