import { open } from "node:fs/promises";
import { DuckDBInstance, DuckDBTypeId, type DuckDBConnection, type DuckDBValue } from "@duckdb/node-api";
import type { ResultsPage } from "../contract/messages/results-messages.ts";
import { shortened } from "./csv-cells.ts";
import { opener } from "../files/opener.ts";

/** One connection to an empty in-memory database that can read Parquet and nothing that would have to be fetched. */
export async function openParquetReader(): Promise<DuckDBConnection> {
  const database = await DuckDBInstance.create(":memory:", {
    threads: "1",
    memory_limit: "1GB",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    // It is kept by path, and one path (that of an open file) may stand for one file after another.
    enable_external_file_cache: "false",
  });
  return database.connect();
}

/**
 * Rows `offset` to `offset + limit` of a Parquet file, every value as text (null is empty).
 * @throws when the file cannot be read.
 */
export async function readParquetPage(
  connection: DuckDBConnection,
  request: { readonly file: string; readonly offset: number; readonly limit: number },
): Promise<ResultsPage> {
  const handle = await open(request.file, opener.namedFlags);
  try {
    if (!(await handle.stat()).isFile()) throw new Error("It is not a file.");
    const { path } = opener.forLibrary(handle.fd, request.file);
    return await pageOf(connection, { ...request, file: literalPath(path) });
  } finally {
    await handle.close();
  }
}

async function pageOf(
  connection: DuckDBConnection,
  request: { readonly file: string; readonly offset: number; readonly limit: number },
): Promise<ResultsPage> {
  const { file } = request;
  const counted = await connection.runAndReadAll("SELECT sum(num_rows) FROM parquet_file_metadata($file)", { file });
  const totalRows = Number(counted.getRows()[0]?.[0] ?? 0);
  const reader = await connection.runAndReadAll(
    `SELECT * FROM read_parquet($file) LIMIT ${request.limit} OFFSET ${request.offset}`,
    { file },
  );
  const isSingle = reader.columnTypes().map((type) => type.typeId === DuckDBTypeId.FLOAT);
  const rows = reader.getRows().map((row) => row.map((cell, column) => cellText(cell, isSingle[column] === true)));
  return { columns: reader.columnNames(), rows, totalRows };
}

function cellText(cell: DuckDBValue, isSingle: boolean): string {
  if (cell === null) return "";
  if (typeof cell === "number" && isSingle) return singleText(cell);
  return shortened(String(cell));
}

/** The shortest text that reads back as the same 32-bit float, as predictions.csv has it. */
function singleText(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return String(candidate);
  }
  return String(Number(value.toPrecision(9)));
}

/** DuckDB takes a path for a pattern; a folder may well be called `run [1]`. */
function literalPath(file: string): string {
  return file.replace(/[[*?]/g, "[$&]");
}
