import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { duckdbConfinement, duckdbOptions, parquetRowGroups, parquetTable, sqlName } from "../contract/parquet.ts";
import type { Checked, FileProblem } from "./table-file.ts";

/** Opens a DuckDB that can read files under `folder` (absolute) and do nothing else outside its own memory. */
export async function openConfinedDuckdb(folder: string): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", duckdbOptions);
  const connection = await instance.connect();
  for (const statement of duckdbConfinement(folder)) await connection.run(statement);
  return connection;
}

export type RowGroup = { readonly rows: number; readonly bytes: number };

/** Row groups of a Parquet file, in order, with their uncompressed bytes. */
export async function readRowGroups(connection: DuckDBConnection, path: string): Promise<Checked<RowGroup[]>> {
  try {
    const result = await connection.runAndReadAll(parquetRowGroups(path));
    const groups = result.getRows().map((row) => ({ rows: Number(row[1]), bytes: Number(row[2]) }));
    return { ok: true, value: groups };
  } catch {
    return { ok: false, problem: unreadableParquet };
  }
}

const unreadableParquet: FileProblem = {
  code: "file-unreadable",
  message: "The file is not a Parquet file that can be read.",
};

export type ParquetSample = { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Column names and the first rows as text, NULL as empty text. */
export async function readParquetSample(
  connection: DuckDBConnection,
  path: string,
  rowCount: number,
): Promise<Checked<ParquetSample>> {
  try {
    const table = parquetTable(path);
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${table}`);
    const columns = described.getRows().map((row) => String(row[0]));
    const selected = columns.map((name) => `CAST(${sqlName(name)} AS VARCHAR)`).join(", ");
    const result = await connection.runAndReadAll(`SELECT ${selected} FROM ${table} LIMIT ${rowCount}`);
    const rows = result.getRows().map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
    return { ok: true, value: { columns, rows } };
  } catch {
    return { ok: false, problem: unreadableParquet };
  }
}

export type RowRange = { readonly firstRow: number; readonly items: number; readonly bytes: number };

/** More rows than this in one row group are cut, although each cut has to decode the group from its beginning. */
export const largestRowGroup = 1024 * 1024;

/**
 * Row groups → ranges of rows, each of about `sliceBytes`: neighbours are joined, and only a huge group is cut. A
 * file of at most twice `sliceBytes` stays whole. Depends on its arguments only.
 */
export function rowRanges(groups: readonly RowGroup[], sliceBytes: number): RowRange[] {
  const total = groups.reduce((sum, group) => sum + group.bytes, 0);
  const limit = total <= 2 * sliceBytes ? Number.POSITIVE_INFINITY : sliceBytes;
  const ranges: RowRange[] = [];
  let firstRow = 1;
  let items = 0;
  let bytes = 0;
  const close = (): void => {
    if (items > 0) ranges.push({ firstRow, items, bytes });
    firstRow += items;
    items = 0;
    bytes = 0;
  };
  for (const group of groups) {
    if (bytes + group.bytes > limit || items + group.rows > largestRowGroup) close();
    let left = group.rows;
    while (left > largestRowGroup) {
      items = largestRowGroup;
      bytes = Math.round((group.bytes * items) / group.rows);
      left -= items;
      close();
    }
    items += left;
    bytes += Math.round((group.bytes * left) / Math.max(1, group.rows));
  }
  close();
  return ranges;
}
