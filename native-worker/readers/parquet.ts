import { dirname, resolve } from "node:path";
import type { DuckDBConnection, DuckDBResult, DuckDBVector } from "@duckdb/node-api";
import { isMissing } from "../../electron/contract/cell-values.ts";
import { usualDialect } from "../../electron/contract/csv.ts";
import { duckdbConfinement, duckdbOptions, parquetTable, sqlName } from "../../electron/contract/parquet.ts";
import type { PartProblem, TabularBlock } from "./block.ts";
import { numberFromBytes } from "./csv-numbers.ts";
import { changed } from "./source-file.ts";
import type { RecordReader, TabularPart, TabularSettings } from "./record-reader.ts";
import { type CellFault, faultMessage, noText, plainText, type RowCollector, wantsNumber } from "./tabular-rows.ts";

/** Column types whose nearest double DuckDB gives; everything else is read as the text that DuckDB writes. */
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
]);

const unreadableRows: PartProblem = {
  stage: "read",
  code: "file-unreadable",
  message: "The file is a damaged Parquet file: rows of it cannot be read.",
};

let connections: { readonly folder: string; readonly connection: Promise<DuckDBConnection> } | null = null;

/** The one DuckDB of this process, which may read below one folder and nothing else. */
function confinedDuckdb(folder: string): Promise<DuckDBConnection> {
  if (connections?.folder !== folder) connections = { folder, connection: openConfined(folder) };
  return connections.connection;
}

async function openConfined(folder: string): Promise<DuckDBConnection> {
  // Loaded only by a worker that meets Parquet: the library is large.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", duckdbOptions);
  const connection = await instance.connect();
  for (const statement of duckdbConfinement(folder)) await connection.run(statement);
  return connection;
}

/** A column of the query: a source's number, or its text. */
type Selected = { readonly source: number; readonly isText: boolean; readonly isForNumber: boolean };

/**
 * Reads rows of a Parquet file through DuckDB, which skips the row groups that hold none of them. A NULL is an empty
 * cell.
 */
export async function openParquetReader(
  settings: TabularSettings,
  collector: RowCollector,
  wanted: TabularPart,
): Promise<RecordReader> {
  const { part, range, leaveOut } = wanted;
  const { sources } = collector;
  sources.dialect = usualDialect;
  const path = resolve(wanted.path);
  const folder = settings.input.kind === "file" ? dirname(path) : resolve(settings.input.path);
  const connection = await confinedDuckdb(folder);
  const table = parquetTable(path);
  const columns = await describe(connection, table);
  if (columns === null) return { readBlock: async () => unreadableRows, close: async () => undefined };
  const missing = sources.names.filter((name) => !columns.some((column) => column.name.trim() === name));

  const selected: Selected[] = [];
  const expressions: string[] = ["file_row_number"];
  for (const [source, name] of sources.names.entries()) {
    const column = columns.find((candidate) => candidate.name.trim() === name);
    if (column === undefined) continue;
    const isPlainNumber = plainNumberTypes.has(column.type);
    const needsNumber = sources.needsNumber[source] === true;
    if (needsNumber && isPlainNumber) {
      selected.push({ source, isText: false, isForNumber: true });
      expressions.push(`CAST(${sqlName(column.name)} AS DOUBLE)`);
    }
    if (sources.needsText[source] === true || (needsNumber && !isPlainNumber)) {
      selected.push({ source, isText: true, isForNumber: needsNumber && !isPlainNumber });
      expressions.push(`CAST(${sqlName(column.name)} AS VARCHAR)`);
    }
  }
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
    }
    return true;
  };

  const failCell = (fault: CellFault): void => {
    const index = selected.findIndex((candidate) => candidate.source === fault.source);
    const cell = vectors[index + 1]?.getItem(rowOfChunk) ?? "";
    const raw = String(cell);
    const { code, message } = faultMessage(fault, sources.names[fault.source] as string, raw);
    collector.fail(item, code, message, raw);
  };

  const takeRow = (): void => {
    if (Number(vectors[0]?.getItem(rowOfChunk)) !== part.firstRow - 1 + item) {
      throw new Error("DuckDB gave rows out of order.");
    }
    if (leaveOut.has(item)) return;
    const fault = putRow(collector, selected, vectors, rowOfChunk) ?? collector.take(item);
    if (fault !== null) failCell(fault);
  };

  const failMissing = (): void => {
    const list = missing.map((name) => `"${name}"`).join(", ");
    if (!leaveOut.has(item))
      collector.fail(item, "column-missing", `The file has no column ${list}.`.replace(/\s+/g, " "), "");
  };

  const readBlock = async (): Promise<TabularBlock | PartProblem | null> => {
    if (item >= range.end) return null;
    const firstItem = item;
    const until = Math.min(range.end, firstItem + collector.capacity);
    collector.start(firstItem, part.firstRow + firstItem);
    for (; item < until; item++) {
      if (missing.length > 0) {
        failMissing();
        continue;
      }
      if (rowOfChunk >= rowsInChunk) {
        const fetched = await fetch().catch(() => null);
        if (fetched === null) return unreadableRows;
        if (!fetched) return changed;
      }
      takeRow();
      rowOfChunk++;
    }
    return collector.finish(until - firstItem);
  };

  return { readBlock, close: async () => undefined };
}

async function describe(
  connection: DuckDBConnection,
  table: string,
): Promise<readonly { readonly name: string; readonly type: string }[] | null> {
  try {
    const result = await connection.runAndReadAll(`DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${table}`);
    return result.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }));
  } catch {
    return null;
  }
}

/** Puts the cells of one row where the collector takes them from. */
function putRow(
  collector: RowCollector,
  selected: readonly Selected[],
  vectors: readonly DuckDBVector[],
  row: number,
): CellFault | null {
  const { sources, missingNumber } = collector;
  for (let index = 0; index < selected.length; index++) {
    const { source, isText, isForNumber } = selected[index] as Selected;
    const cell = (vectors[index + 1] as DuckDBVector).getItem(row) as number | string | null;
    let value: number | undefined;
    if (isText) {
      const bytes = Buffer.from(cell === null ? "" : String(cell));
      sources.textBytes[source] = bytes;
      sources.textStart[source] = 0;
      sources.textEnd[source] = bytes.length;
      sources.textKind[source] = cell === null ? noText : plainText;
      if (!isForNumber) continue;
      value = numberFromBytes(bytes, 0, bytes.length, true);
      if (value === undefined && isMissing(String(cell ?? ""))) value = missingNumber;
    } else {
      value = cell === null || Number.isNaN(cell) ? missingNumber : (cell as number);
    }
    if (value === undefined) return { source, code: "cell-not-a-number", wants: wantsNumber };
    sources.numbers[source] = value;
  }
  return null;
}
