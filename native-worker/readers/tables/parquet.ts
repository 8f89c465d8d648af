import { dirname, resolve } from "node:path";
import type { DuckDBConnection, DuckDBResult, DuckDBVector } from "@duckdb/node-api";
import { decodeText, defaultDialect } from "../../../electron/contract/tables/csv.ts";
import {
  duckdbConfinement,
  duckdbOptions,
  findParquetColumn,
  isOutOfReach,
  type ParquetColumn,
  parquetColumns,
  parquetTable,
  parquetText,
  unsupportedParquet,
} from "../../../electron/contract/tables/parquet.ts";
import { nullCell, type PartProblem, type TabularBlock } from "../block.ts";
import { numberFromBytes } from "./csv-numbers.ts";
import { changed, opener } from "../source-file.ts";
import { type ChunkTexts, createChunkTexts, type ReadTextEntry, readTexts } from "./parquet-text.ts";
import type { RecordReader, TabularPart, TabularSettings } from "../record-reader.ts";
import { type CellFault, faultMessage, noText, plainText, unfitHeader, wantsNumber } from "./row-sources.ts";
import { type KeptCells, keepCell, keepNull } from "./kept-cells.ts";
import type { RowCollector } from "./row-collector.ts";

/** Column types whose nearest double DuckDB gives (1 and 0 for a truth value); everything else is read as the text that DuckDB writes. */
const plainNumberTypes = new Set([
  "TINYINT",
  "SMALLINT",
  "INTEGER",
  "BIGINT",
  "UTINYINT",
  "USMALLINT",
  "UINTEGER",
  "UBIGINT",
  "FLOAT",
  "DOUBLE",
  "BOOLEAN",
]);

const unreadableRows: PartProblem = {
  stage: "read",
  code: "file-unreadable",
  message: "The file is a damaged Parquet file: rows of it cannot be read.",
};

type Duckdb = { readonly connection: DuckDBConnection; readonly readEntry: ReadTextEntry };

let confined: { readonly folder: string; readonly duckdb: Promise<Duckdb> } | null = null;

/** The one DuckDB of this process, which may read below one folder and nothing else. */
function confinedDuckdb(folder: string): Promise<Duckdb> {
  if (confined?.folder !== folder) confined = { folder, duckdb: openConfined(folder) };
  return confined.duckdb;
}

async function openConfined(folder: string): Promise<Duckdb> {
  // Loaded only by a worker that meets Parquet: the library is large.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const { getStringBytes } = await import("@duckdb/node-api/lib/vectors/dataAccessors.js");
  const instance = await DuckDBInstance.create(":memory:", duckdbOptions);
  const connection = await instance.connect();
  for (const statement of duckdbConfinement(folder)) await connection.run(statement);
  return { connection, readEntry: getStringBytes };
}

/** A column of the query: a source's number, or its text; `texts` holds those of the chunk. */
type Selected = { readonly source: number; readonly texts: ChunkTexts | null; readonly isForNumber: boolean };

/**
 * Reads rows of an open Parquet file through DuckDB, which skips the row groups that hold none of them. A NULL is an empty
 * cell.
 */
export async function openParquetReader(
  settings: TabularSettings,
  collector: RowCollector,
  wanted: TabularPart,
  file: number,
): Promise<RecordReader> {
  const { part, range, leaveOut } = wanted;
  const { sources, constants } = collector;
  sources.dialect = defaultDialect;
  const folder = resolve(settings.input.kind === "file" ? dirname(wanted.path) : settings.input.path);
  const library = opener.forLibrary(file, wanted.path);
  const { connection, readEntry } = await confinedDuckdb(folder);
  const table = parquetTable(library.path);
  const whyUnreadable = async (error: unknown): Promise<PartProblem> => {
    if (isOutOfReach(error) || !library.isThere()) return changed;
    const message = await unsupportedColumn(connection, library.path, sources.names, error);
    return message === null ? unreadableRows : { ...unreadableRows, message };
  };
  const columns = await parquetColumns(connection, library.path).catch(whyUnreadable);
  if ("code" in columns) return { readBlock: async () => columns, close: async () => undefined };
  const unfit = unfitColumns(
    sources.names.filter((_, source) => !constants.has(source)),
    columns,
  );

  const { selected, expressions } = selectColumns(collector, columns);
  const first = part.firstRow - 1 + range.start;
  const last = part.firstRow - 1 + range.end - 1;
  const query = `SELECT ${expressions.join(", ")} FROM ${table} WHERE file_row_number BETWEEN ${first} AND ${last}`;

  let item = range.start;
  let result: DuckDBResult | null = null;
  let vectors: DuckDBVector[] = [];
  let rowsInChunk = 0;
  let rowOfChunk = 0;

  /** Makes sure that the chunk holds row `rowOfChunk`; false when the file has no more rows. */
  const fetch = async (): Promise<boolean> => {
    while (rowOfChunk >= rowsInChunk) {
      result ??= await connection.stream(query);
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return false;
      vectors = Array.from({ length: chunk.columnCount }, (_, index) => chunk.getColumnVector(index));
      rowsInChunk = chunk.rowCount;
      rowOfChunk = 0;
      for (const [index, { texts }] of selected.entries()) {
        if (texts !== null) readTexts(texts, vectors[index + 1] as DuckDBVector, rowsInChunk, readEntry);
      }
    }
    return true;
  };

  const failCell = (fault: CellFault): void => {
    const index = selected.findIndex((candidate) => candidate.source === fault.source);
    const cell = vectors[index + 1]?.getItem(rowOfChunk) ?? "";
    const raw = constants.textOf(fault.source) ?? String(cell);
    const { code, message } = faultMessage(fault, sources, raw);
    collector.fail(item, code, message, raw);
  };

  const takeRow = (): void => {
    if (leaveOut.has(item)) return;
    const fault = putRow(collector, selected, vectors, rowOfChunk) ?? collector.take(item);
    if (fault !== null) failCell(fault);
  };

  const { direct } = collector;
  const isDirect =
    leaveOut.size === 0 &&
    direct.takeRest === null &&
    constants.fault() === null &&
    selected.every(({ source, texts, isForNumber }) =>
      texts === null ? (direct.places[source] as number) >= 0 : !isForNumber && direct.kept[source] !== null,
    );

  /** Takes the rows of the chunk, at most so many, up to the first that has no number where one is needed. */
  const takeRows = (maxRows: number): number => {
    const firstRow = collector.rowCount();
    let rows = maxRows;
    for (const [index, { source, texts }] of selected.entries()) {
      if (texts !== null) keepTexts(direct.kept[source] as KeptCells, firstRow, texts, rowOfChunk, rows);
      else rows = takeNumbers(collector, source, firstRow, vectors[index + 1] as DuckDBVector, rowOfChunk, rows);
    }
    collector.addDirect(item, rows);
    return rows;
  };

  const readBlock = async (): Promise<TabularBlock | PartProblem | null> => {
    if (item >= range.end) return library.isThere() ? null : changed;
    const firstItem = item;
    const until = Math.min(range.end, firstItem + collector.capacity);
    collector.start(firstItem, part.firstRow + firstItem);
    if (unfit !== null) {
      for (; item < until; item++) if (!leaveOut.has(item)) collector.fail(item, unfit.code, unfit.message, "");
    }
    while (item < until) {
      if (rowOfChunk >= rowsInChunk) {
        const fetched = await fetch().catch(whyUnreadable);
        if (typeof fetched === "object") return fetched;
        if (!fetched) return changed;
      }
      const ready = Math.min(until - item, rowsInChunk - rowOfChunk);
      const taken = isDirect ? takeRows(ready) : 0;
      const rows = taken === ready ? taken : taken + 1;
      checkOrder(vectors[0] as DuckDBVector, rowOfChunk, rows, part.firstRow - 1 + item);
      item += taken;
      rowOfChunk += taken;
      if (taken < rows) {
        takeRow();
        item += 1;
        rowOfChunk += 1;
      }
    }
    return collector.finish(until - firstItem);
  };

  return { readBlock, close: async () => undefined };
}

/** As of a header; a field of a structure is no column of its own. */
function unfitColumns(wanted: readonly string[], columns: readonly ParquetColumn[]): ReturnType<typeof unfitHeader> {
  const names = columns.map(({ name }) => name);
  const isOwn = (name: string) => names.includes(name) || findParquetColumn(columns, name) === null;
  return unfitHeader(wanted.filter(isOwn), names);
}

/** What of the used columns is not read; null when something else is wrong. Each is read alone, so that the sentence has its name. */
async function unsupportedColumn(
  connection: DuckDBConnection,
  path: string,
  names: readonly string[],
  error: unknown,
): Promise<string | null> {
  const message = unsupportedParquet(error, null);
  if (message === null) return null;
  const columns = await parquetColumns(connection, path).catch(() => []);
  for (const column of columns.filter(({ name }) => names.includes(name))) {
    const found = await connection.runAndReadAll(`SELECT ${column.expression} FROM ${parquetTable(path)} LIMIT 1`).then(
      () => null,
      (reason: unknown) => unsupportedParquet(reason, column.name),
    );
    if (found !== null) return found;
  }
  return message;
}

function checkOrder(rowNumbers: DuckDBVector, from: number, rows: number, firstRow: number): void {
  for (let index = 0; index < rows; index++) {
    if (rowNumbers.getItem(from + index) !== firstRow + index) throw new Error("DuckDB gave rows out of order.");
  }
}

/** What is read of each row, and the expressions of the query for it; the first is the number of the row. */
function selectColumns(
  { sources, constants }: RowCollector,
  columns: readonly ParquetColumn[],
): { readonly selected: readonly Selected[]; readonly expressions: readonly string[] } {
  const selected: Selected[] = [];
  const expressions: string[] = ["CAST(file_row_number AS DOUBLE)"];
  for (const [source, name] of sources.names.entries()) {
    const column = constants.has(source) ? null : findParquetColumn(columns, name);
    if (column === null) continue;
    const isPlainNumber = plainNumberTypes.has(String(column.type));
    const needsNumber = sources.needsNumber[source] === true;
    if (needsNumber && isPlainNumber) {
      selected.push({ source, texts: null, isForNumber: true });
      expressions.push(`CAST(${column.expression} AS DOUBLE)`);
    }
    if (sources.needsText[source] === true || (needsNumber && !isPlainNumber)) {
      selected.push({ source, texts: createChunkTexts(), isForNumber: needsNumber && !isPlainNumber });
      expressions.push(parquetText(column));
    }
  }
  return { selected, expressions };
}

/**
 * Puts a column's numbers `from`, …, at most `maxRows`, into the block from its row `firstRow` on. Answers how many
 * there were before the first that is missing and must not be.
 */
function takeNumbers(
  { direct, sources }: RowCollector,
  source: number,
  firstRow: number,
  vector: DuckDBVector,
  from: number,
  maxRows: number,
): number {
  const { values } = direct;
  const missingNumber = sources.missingNumbers[source];
  const stride = direct.strides[source] as number;
  let to = (direct.places[source] as number) + stride * firstRow;
  for (let row = 0; row < maxRows; row++) {
    const cell = vector.getItem(from + row) as number | null;
    const value = cell === null || Number.isNaN(cell) ? missingNumber : cell;
    if (value === undefined) return row;
    values[to] = value;
    to += stride;
  }
  return maxRows;
}

function keepTexts(cells: KeptCells, firstRow: number, texts: ChunkTexts, from: number, rows: number): void {
  const { bytes, starts, ends } = texts;
  for (let row = 0; row < rows; row++) {
    const start = starts[from + row] as number;
    if (start === nullCell) keepNull(cells, firstRow + row);
    else keepCell(cells, firstRow + row, bytes, start, ends[from + row] as number);
  }
}

/** Puts the cells of one row where the collector takes them from. */
function putRow(
  collector: RowCollector,
  selected: readonly Selected[],
  vectors: readonly DuckDBVector[],
  row: number,
): CellFault | null {
  const { sources } = collector;
  const { missingNumbers, missingWords } = sources;
  for (let index = 0; index < selected.length; index++) {
    const { source, texts, isForNumber } = selected[index] as Selected;
    let value: number | undefined;
    if (texts === null) {
      const cell = (vectors[index + 1] as DuckDBVector).getItem(row) as number | null;
      value = cell === null || Number.isNaN(cell) ? missingNumbers[source] : cell;
    } else {
      const { bytes } = texts;
      const isNull = texts.starts[row] === nullCell;
      const start = isNull ? 0 : (texts.starts[row] as number);
      const end = isNull ? 0 : (texts.ends[row] as number);
      sources.textBytes[source] = bytes;
      sources.textStart[source] = start;
      sources.textEnd[source] = end;
      sources.textKind[source] = isNull ? noText : plainText;
      if (!isForNumber) continue;
      value = numberFromBytes(bytes, start, end, true);
      if (value === undefined && missingWords.isNoValue(decodeText(bytes.subarray(start, end)))) {
        value = missingNumbers[source];
      }
    }
    if (value === undefined) return { source, code: "cell-not-a-number", wants: wantsNumber };
    sources.numbers[source] = value;
  }
  return null;
}
