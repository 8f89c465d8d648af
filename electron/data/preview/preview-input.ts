import { isAscii } from "node:buffer";
import type { DecimalMark } from "../../contract/tables/cell-values.ts";
import type { InputPreview } from "../../contract/messages/data-messages.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import {
  arraysOf,
  encodingOf,
  itemSource,
  readableEndings,
  type Scorer,
  tableOf,
} from "../../contract/nouns/scorer.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import { type TextScorer, textTable } from "../../contract/nouns/scorers/text-scorer.ts";
import { columnKeys, columnName } from "../../contract/tables/column-names.ts";
import { missingWordsOf } from "../../contract/tables/missing.ts";
import { folderColumns } from "../../contract/tables/folder-columns.ts";
import { tableFormat } from "../../contract/tables/table-format.ts";
import type { MiniBatch } from "../../contract/nouns/mini-batch.ts";
import { describeColumns } from "./describe-columns.ts";
import { type Counted, type Counting, countItems, countRecords } from "./count-items.ts";
import { fillColumns } from "./fill-columns.ts";
import { type Input, type ListedFile, type Listing, realPlace } from "../listing/listing.ts";
import { breathe } from "../listing/report-progress.ts";
import { sampleMiniBatch } from "./sample-mini-batches.ts";
import { sampleDelimited, sampleJsonLines } from "./sample-table.ts";
import { previewArrays } from "./preview-arrays.ts";
import { sampledFiles, sniffFirst, sniffTexts, type UnreadFile } from "./sniff-input.ts";
import { noRows, unreadableInput } from "./unreadable-input.ts";
import type { FileCopies } from "../copies/file-copies.ts";
import { type Beginnings, createBeginnings } from "./beginnings.ts";
import type { Dialects } from "../dialects/file-dialect.ts";
import { sampledRows, shortened, type TableSample } from "../dialects/table-sample.ts";
import {
  createParquetOpener,
  type ParquetOpener,
  readParquetSample,
  type ReadParquet,
  readRowGroups,
} from "../cut/split-parquet.ts";
import { type Checked, emptyFile, type FileProblem, openListed } from "../table-file.ts";

/**
 * Looks at an input before a run: what its listed files hold, and whether the scorer can read it.
 *
 * Problems: "input/empty", "input/unreadable" (no file can be read at all), "input/wrong-columns".
 */
export async function previewInput(
  input: Input,
  scorer: Scorer,
  listing: Listing,
  /** How many of the first items to cut out, once for each. */
  samples: readonly number[],
  copies: FileCopies,
  onProgress: (files: number) => void,
): Promise<Result<InputPreview>> {
  const { files, skippedBy, skippedNames } = listing;
  const looked = await lookAt({ input, beginnings: createBeginnings(input, copies) }, scorer, listing, () =>
    onProgress(files.length),
  );
  if (!looked.ok) return looked;
  const cut: MiniBatch[] = [];
  for (const items of samples) {
    const dialects = { dialect: looked.value.dialect, table: tableOf(looked.value.scorer) };
    const how = { source: itemSource(scorer), arrays: arraysOf(scorer), encoding: encodingOf(scorer), ...dialects };
    cut.push(await sampleMiniBatch(input, how, files, copies, items));
  }
  const largestFileBytes = files.reduce((most, { sizeBytes }) => Math.max(most, sizeBytes), 0);
  return success({ ...looked.value, largestFileBytes, skippedBy, skippedNames, samples: cut });
}

type Look = Omit<InputPreview, "largestFileBytes" | "skippedBy" | "skippedNames" | "samples">;

/** What is looked at, and how. */
type Place = { readonly input: Input; readonly beginnings: Beginnings };

async function lookAt(place: Place, scorer: Scorer, listing: Listing, onProgress: () => void): Promise<Result<Look>> {
  if (listing.files.length === 0) return noFiles(place.input, scorer, listing);
  if (scorer.kind === "tabular") return previewTables(place, scorer, listing, onProgress);
  if (scorer.kind === "text") return previewTexts(place, scorer, listing, onProgress);
  if (scorer.kind === "tensor") return previewArrays(place.input, scorer, listing, onProgress);
  return success({
    files: listing.files.length,
    bytes: listing.bytes,
    skippedFiles: listing.skipped,
    items: listing.files.length,
    itemsExact: true,
    dialect: null,
    textSample: null,
    columns: [],
    scorer,
    mapping: [],
  });
}

/** Texts in a table are looked at as its one column; lines are counted; of whole files the encoding is found. */
async function previewTexts(
  place: Place,
  scorer: TextScorer,
  listing: Listing,
  onProgress: () => void,
): Promise<Result<Look>> {
  if (scorer.items === "row") {
    const table = await previewTables(place, textTable(scorer), listing, onProgress);
    return table.ok ? success({ ...table.value, scorer }) : table;
  }
  const { input, beginnings } = place;
  const looked = await sniffTexts(beginnings, listing.files, encodingOf(scorer));
  if ("problem" in looked) return unreadableInput(input, looked, "text");
  if ("unread" in looked) return unreadEncoding(looked);
  const isLines = scorer.items === "line";
  const count = isLines
    ? await countItems(listing, (file, limit) => countRecords(beginnings, file, null, limit), onProgress)
    : { items: listing.files.length, isExact: true };
  if (count.items === 0) return noRows(input);
  return success({
    files: listing.files.length,
    bytes: listing.bytes,
    skippedFiles: listing.skipped,
    items: count.items,
    itemsExact: count.isExact,
    dialect: looked.dialect,
    textSample: looked.text,
    columns: [],
    scorer,
    mapping: [],
  });
}

function unreadEncoding({ fileName, unread }: UnreadFile): Result<never> {
  const { likely, text } = unread;
  return failure("input/unreadable:encoding", { file: fileName, likely, text });
}

function noFiles(input: Input, scorer: Scorer, listing: Listing): Result<never> {
  const endings = readableEndings[itemSource(scorer)];
  return failure("input/empty:no-files", { folder: input.path, skipped: listing.skipped, endings });
}

type Tables = Dialects & Place & { readonly parquet: ParquetOpener };

async function previewTables(
  place: Place,
  scorer: TabularScorer,
  listing: Listing,
  onProgress: () => void,
): Promise<Result<Look>> {
  const { input } = place;
  const { dialect: first, unread } = await sniffFirst(place.beginnings, listing.files, encodingOf(scorer));
  const tables: Tables = { ...place, dialect: first, table: scorer, parquet: createParquetOpener(input) };
  const sampled = await sampleTables(tables, listing.files);
  if (!sampled.ok) return unreadableInput(input, sampled.problem, "table");
  const { fileName, sample, decimal } = sampled.value;
  const filled = fillColumns(scorer, sample, decimal, fileName);
  if (unread !== null && (!filled.ok || usesUnread(filled.value, sample))) return unreadEncoding(unread);
  const dialect = first === null || first.delimiter === "," ? first : { ...first, decimal };
  const asPlanned: Tables = { ...tables, dialect, table: filled.ok ? filled.value : scorer };
  const count = await countItems(listing, (file, limit) => countRows(asPlanned, file, limit), onProgress);
  if (count.items === 0) return noRows(input);
  if (!filled.ok) return filled;
  return success({
    files: listing.files.length,
    bytes: listing.bytes,
    skippedFiles: listing.skipped,
    items: count.items,
    itemsExact: count.isExact,
    dialect,
    textSample: textSample(filled.value, sample),
    columns: describeColumns(sample, decimal, missingWordsOf(scorer)),
    scorer: filled.value,
    mapping: filled.value.inputs.map(({ name, columns }) => ({ input: name, columns: columns ?? [] })),
  });
}

/** Whether a column that is used, or its name, holds what could not be read in the encoding that was assumed. */
function usesUnread(scorer: TabularScorer, { rows }: TableSample): boolean {
  const bad = "\ufffd";
  return namedColumns(scorer).some((name) => name.includes(bad) || rows.some((row) => row.get(name)?.includes(bad)));
}

/** All rows of a file of so few bytes are sampled if they are not too many, also of one that is compressed. */
const wholeBytes = 256 * 1024;

type Sampled = {
  readonly fileName: string;
  readonly sample: TableSample;
  /** How the numbers of the sampled rows are written. */
  readonly decimal: DecimalMark;
};

/**
 * The header of the first readable table, with rows of it and, when it has too few, of those after it whose numbers are
 * written in the same way. The problem of the first file when none can be read.
 */
async function sampleTables(
  tables: Tables,
  files: readonly ListedFile[],
): Promise<{ ok: true; value: Sampled } | { ok: false; problem: { fileName: string; problem: FileProblem } }> {
  let first: (Omit<TableSample, "rows"> & { readonly fileName: string }) | null = null;
  let firstProblem: { fileName: string; problem: FileProblem } | null = null;
  let decimal: DecimalMark | null = null;
  const rows: ReadonlyMap<string, string>[] = [];
  let readable = 0;
  let isWhole = true;
  const kept = new Set((tables.table?.keep ?? []).map(columnName));
  for (const file of files) {
    if (rows.length >= sampledRows || readable >= sampledFiles) {
      isWhole = false;
      break;
    }
    const looked = await sampleFile(tables, file);
    await breathe();
    if (!looked.ok) {
      firstProblem ??= { fileName: file.path, problem: looked.problem };
      continue;
    }
    const { sample, decimal: own } = looked.value;
    readable += 1;
    first = first === null ? { fileName: file.path, ...withoutRows(sample) } : widened(first, sample, kept);
    isWhole &&= sample.rows.length < sampledRows && file.sizeBytes <= wholeBytes;
    if (sample.rows.length > 0) decimal ??= own;
    if (decimal === own) rows.push(...sample.rows.slice(0, sampledRows - rows.length));
  }
  if (first === null) return { ok: false, problem: firstProblem ?? { fileName: "", problem: emptyFile } };
  const { fileName, ...sample } = first;
  const isOpen = sample.isOpen === true && !isWhole;
  return { ok: true, value: { fileName, sample: { ...sample, isOpen, rows }, decimal: decimal ?? "." } };
}

function withoutRows({ columns, beside, isOpen }: TableSample): Omit<TableSample, "rows"> {
  return { columns, beside, isOpen };
}

/** JSON lines have all the columns that come up in one of them; of other tables only those that are kept count, beside them. */
function widened<Columns extends Omit<TableSample, "rows">>(
  first: Columns,
  other: TableSample,
  kept: ReadonlySet<string>,
): Columns {
  if (first.isOpen !== true) return first;
  if (other.isOpen === true) return { ...first, columns: [...new Set([...first.columns, ...other.columns])] };
  const further = other.columns.filter((name) => kept.has(name) && !first.columns.includes(name));
  return { ...first, beside: [...new Set([...(first.beside ?? []), ...further])] };
}

type SampledFile = Omit<Sampled, "fileName">;

/** What is in the file, and what its folders say of it, which counts where both have a column. */
async function sampleFile(tables: Tables, file: ListedFile): Promise<Checked<SampledFile>> {
  const looked = await sampleFileAlone(tables, file);
  const folders = folderColumns(tables.input, file.path);
  if (!looked.ok || folders.size === 0) return looked;
  const { columns, rows, isOpen, beside: fields = [] } = looked.value.sample;
  const cells = [...folders].map(([name, value]) => [name, value ?? ""] as const);
  const beside = [...new Set([...folders.keys(), ...fields])].filter((name) => !columns.includes(name));
  const sample = { columns, beside, isOpen, rows: rows.map((row) => new Map([...row, ...cells])) };
  return { ok: true, value: { ...looked.value, sample } };
}

async function sampleFileAlone(tables: Tables, file: ListedFile): Promise<Checked<SampledFile>> {
  if (file.sizeBytes === 0) return { ok: false, problem: emptyFile };
  const { beginnings } = tables;
  const format = tableFormat(file.path, file.format);
  if (format === "delimited") {
    const sample = await beginnings.look(file, ({ path, listed }) => sampleDelimited(path, listed, tables));
    return sample.ok ? { ok: true, value: { sample: sample.value, decimal: sample.value.dialect.decimal } } : sample;
  }
  const sample =
    format === "json-lines"
      ? await beginnings.look(file, ({ path, listed }) => sampleJsonLines(path, listed, namedColumns(tables.table)))
      : await sampleParquet(tables, file);
  return sample.ok ? { ok: true, value: { sample: sample.value, decimal: "." } } : sample;
}

async function sampleParquet(tables: Tables, file: ListedFile): Promise<Checked<TableSample>> {
  const sample = await readParquet(tables, file, (connection, path) =>
    readParquetSample(connection, path, sampledRows, namedColumns(tables.table)),
  );
  if (!sample.ok) return sample;
  const { columns, fields, cells } = sample.value;
  const needed = new Set(namedColumns(tables.table));
  const keys = [...columnKeys(columns), ...fields];
  const unreadable = cells.find((found, index) => !found.ok && needed.has(keys[index] ?? ""));
  if (unreadable !== undefined && !unreadable.ok) return unreadable;
  const rowCount = cells.reduce((most, found) => Math.max(most, found.ok ? found.value.length : 0), 0);
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const texts = cells.map((found, index) => [keys[index] ?? "", found.ok ? found.value[row] : undefined] as const);
    return new Map(texts.flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const])));
  });
  return { ok: true, value: { columns, rows, beside: fields } };
}

function textSample(scorer: TabularScorer, { rows }: TableSample): string | null {
  const texts = namedColumns(scorer).flatMap((name) => rows.flatMap((row) => row.get(name) ?? []));
  const found = texts.find((text) => !isAscii(Buffer.from(text)));
  return found === undefined ? null : shortened(found);
}

/** Columns that a scorer names, as names are compared. */
function namedColumns(scorer: TabularScorer | null): readonly string[] {
  const names = [...(scorer?.inputs ?? []).flatMap(({ columns }) => columns ?? []), ...(scorer?.keep ?? [])];
  return [...new Set(names.map(columnName))];
}

function countRows(tables: Tables, file: ListedFile, limit: number): Counting {
  const format = tableFormat(file.path, file.format);
  if (format === "parquet") return countParquetRows(tables, file);
  return countRecords(tables.beginnings, file, format === "delimited" ? tables : null, limit);
}

async function countParquetRows(tables: Tables, file: ListedFile): Promise<Checked<Counted>> {
  const groups = await readParquet(tables, file, readRowGroups);
  if (!groups.ok) return groups;
  const items = groups.value.reduce((sum, group) => sum + group.rows, 0);
  return { ok: true, value: { items, bytes: file.sizeBytes } };
}

async function readParquet<Value>(
  { input, parquet }: Tables,
  file: ListedFile,
  read: ReadParquet<Value>,
): Promise<Checked<Value>> {
  const opened = openListed(realPlace(input, file), file);
  return opened.ok ? parquet(opened.value, file, read) : opened;
}
