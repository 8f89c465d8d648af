import { existsSync, writeFileSync } from "node:fs";
import type { LibraryFile } from "../../contract/listed-files.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { removeSync, renameSync } from "../../files/patient.ts";
import { duckdbOptions, literalPath, sqlName, sqlText } from "../../contract/tables/parquet.ts";

/**
 * Writes the rows of a Parquet file of ours as CSV that loses nothing: text is quoted, which tells "" from null. Whole or
 * not at all; a file that is there already is the one that an earlier run made, and stays. False: the file was exchanged meanwhile.
 */
export async function convertBaseRows(parquetFile: LibraryFile, csvFile: string): Promise<boolean> {
  if (existsSync(csvFile)) return true;
  const part = `${csvFile}.${process.pid}.part`;
  removeSync(part);
  // DuckDB writes into the file that is there, which is how it gets its mode.
  writeFileSync(part, "", { flag: "wx", mode: ownerOnly.file });
  // Loaded only when Parquet is asked for: the library is large.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", duckdbOptions);
  try {
    const connection = await instance.connect();
    const table = `read_parquet(${sqlText(literalPath(parquetFile.path))}, hive_partitioning = false)`;
    const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${table}`)).getRows();
    const texts = described.filter((row) => String(row[1]) === "VARCHAR").map((row) => sqlName(String(row[0])));
    const quotes = texts.length === 0 ? "" : `, FORCE_QUOTE (${texts.join(", ")})`;
    await connection.run(
      `COPY (SELECT * FROM ${table}) TO ${sqlText(part)} (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR ''${quotes}, USE_TMP_FILE false)`,
    );
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
  const isThere = parquetFile.isThere();
  if (isThere) renameSync(part, csvFile);
  else removeSync(part);
  return isThere;
}
