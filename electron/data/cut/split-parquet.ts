import { closeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import {
  duckdbConfinement,
  duckdbOptions,
  isOutOfReach,
  findParquetColumn,
  notParquet,
  type ParquetColumn,
  parquetColumns,
  parquetRowGroups,
  parquetTable,
  parquetText,
  unsupportedParquet,
} from "../../contract/tables/parquet.ts";
import { type Input, type ListedFile, realPlace } from "../listing/listing.ts";
import { changedSince, type Checked, type FileProblem, readFully } from "../table-file.ts";
import { opener } from "../../files/opener.ts";

export type ReadParquet<Value> = (connection: DuckDBConnection, path: string) => Promise<Checked<Value>>;
/** Has DuckDB read an open Parquet file, and closes it. */
export type ParquetOpener = <Value>(
  opened: number,
  file: ListedFile,
  read: ReadParquet<Value>,
) => Promise<Checked<Value>>;

/** DuckDB is started with the first file. */
export function createParquetOpener(input: Input): ParquetOpener {
  const root = resolve(input.kind === "file" ? dirname(input.path) : input.path);
  let duckdb: Promise<DuckDBConnection> | null = null;
  return async (opened, file, read) => {
    try {
      const library = opener.forLibrary(opened, realPlace(input, file));
      duckdb ??= openConfinedDuckdb(root);
      const found = await read(await duckdb, library.path);
      if (!library.isThere()) return { ok: false, problem: changedSince };
      return found.ok ? found : { ok: false, problem: seenInBytes(opened, file) ?? found.problem };
    } finally {
      closeSync(opened);
    }
  };
}

/** Opens a DuckDB that can read files under `folder` (absolute) and do nothing else outside its own memory. */
async function openConfinedDuckdb(folder: string): Promise<DuckDBConnection> {
  // Loaded only when there is Parquet: the library is large, and most of what the process would do to start.
  const { DuckDBInstance } = await import("@duckdb/node-api");
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
  } catch (error) {
    return notRead(error);
  }
}

function notRead(error: unknown, column: string | null = null): Checked<never> {
  if (isOutOfReach(error)) return { ok: false, problem: changedSince };
  const unsupported = unsupportedParquet(error, column);
  return {
    ok: false,
    problem: unsupported === null ? damagedParquet : { code: "file-unreadable", message: unsupported },
  };
}

const damagedParquet: FileProblem = {
  code: "file-unreadable",
  message: "The file is a damaged Parquet file.",
};

/** What is wrong with a file that shows without DuckDB. */
function seenInBytes(opened: number, { sizeBytes }: ListedFile): FileProblem | null {
  const beginning = Buffer.alloc(Math.min(sizeBytes, 64));
  const ending = Buffer.alloc(Math.min(sizeBytes, 4));
  readFully(opened, beginning, 0, beginning.length, 0);
  readFully(opened, ending, 0, ending.length, sizeBytes - ending.length);
  const message = notParquet(beginning, ending);
  return message === null ? null : { code: "file-unreadable", message };
}

export type ParquetSample = {
  /** As names are compared. */
  readonly columns: readonly string[];
  /** Those of the wanted names that are fields of structures. */
  readonly fields: readonly string[];
  /** The cells of each column, and then of each field, that can be read, NULL as empty text; why not, of another one. */
  readonly cells: readonly Checked<readonly string[]>[];
};

/** Column names and the first rows as text; with the fields of structures that are wanted. The problem of the first column when none can be read. */
export async function readParquetSample(
  connection: DuckDBConnection,
  path: string,
  rowCount: number,
  wanted: readonly string[],
): Promise<Checked<ParquetSample>> {
  const sampleOf = async (columns: readonly ParquetColumn[]): Promise<string[][]> => {
    const selected = columns.map(parquetText).join(", ");
    const sampled = await connection.runAndReadAll(`SELECT ${selected} FROM ${parquetTable(path)} LIMIT ${rowCount}`);
    const rows = sampled.getRows();
    return columns.map((_, index) => rows.map((row) => String(row[index] ?? "")));
  };
  let described: readonly ParquetColumn[];
  try {
    described = await parquetColumns(connection, path);
  } catch (error) {
    return notRead(error);
  }
  const columns = described.map(({ name }) => name);
  const fields = wanted.filter((name) => !columns.includes(name) && findParquetColumn(described, name) !== null);
  const sampled = [...described, ...fields.flatMap((name) => findParquetColumn(described, name) ?? [])];
  try {
    const cells = (await sampleOf(sampled)).map((texts) => ({ ok: true as const, value: texts }));
    return { ok: true, value: { columns, fields, cells } };
  } catch {
    // One of the columns: it is to be known which.
  }
  const cells: Checked<readonly string[]>[] = [];
  for (const column of sampled) {
    cells.push(
      await sampleOf([column]).then(
        ([texts = []]) => ({ ok: true as const, value: texts }),
        (error: unknown) => notRead(error, column.name),
      ),
    );
  }
  const [first] = cells;
  return first !== undefined && !first.ok && cells.every(({ ok }) => !ok)
    ? first
    : { ok: true, value: { columns, fields, cells } };
}

export type RowRange = { readonly firstRow: number; readonly items: number; readonly bytes: number };

/** Row groups are joined up to so many bytes or rows. Constants: which rows run together may depend on nothing but the file. */
const rangeBytes = 8 * 1024 * 1024;
const rangeRows = 256 * 1024;

/** One row group is cut into at most so many pieces for being the only one: each has to decode the group from its beginning. */
const piecesOfFile = 8;
/** More rows than this are cut, whatever it costs. */
const maxPieceRows = 1024 * 1024;

/**
 * Row groups → ranges of rows, in order. Depends on its arguments only.
 *
 * Neighbouring groups are joined into ranges that depend on the file alone. A file with fewer ranges than it takes to
 * keep workers busy has them cut into pieces of about `sliceBytes`, at multiples of `rowMultiple` rows from the start
 * of the range. So runs of `rowMultiple` rows, counted from the start of a piece, are the same wherever it is cut.
 */
export function rowRanges(groups: readonly RowGroup[], sliceBytes: number, rowMultiple: number): RowRange[] {
  const joined = joinGroups(groups);
  const maxPieces = Math.ceil(piecesOfFile / Math.max(1, joined.length));
  return joined.flatMap((range) => {
    const wanted = Math.min(maxPieces, Math.ceil(range.bytes / sliceBytes));
    const pieces = Math.max(1, wanted, Math.ceil(range.items / maxPieceRows));
    return cutRange(range, Math.ceil(range.items / pieces / rowMultiple) * rowMultiple);
  });
}

function joinGroups(groups: readonly RowGroup[]): RowRange[] {
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
    if (bytes + group.bytes > rangeBytes || items + group.rows > rangeRows) close();
    items += group.rows;
    bytes += group.bytes;
  }
  close();
  return ranges;
}

function cutRange({ firstRow, items, bytes }: RowRange, pieceRows: number): RowRange[] {
  return Array.from({ length: Math.ceil(items / pieceRows) }, (_, index) => {
    const rows = Math.min(pieceRows, items - index * pieceRows);
    return { firstRow: firstRow + index * pieceRows, items: rows, bytes: Math.round((bytes * rows) / items) };
  });
}
