import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openParquetReader, readParquetPage } from "../../../electron/outputs/read-parquet-page.ts";

let folder = "";
beforeEach(() => {
  // Characters that DuckDB would otherwise take for a pattern.
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), "batchdeck-outputs-")), "run [1]");
  mkdirSync(folder);
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

test("a page of Parquet has the rows in file order, as the text that the CSV would have", async () => {
  const connection = await openParquetReader();
  const file = path.join(folder, "predictions.parquet");
  await connection.run(
    `COPY (SELECT 'f' || i AS file, i AS row, (i * 0.1)::FLOAT AS p, CASE WHEN i > 3997 THEN NULL ELSE 'x' END AS label
       FROM range(4000) numbers(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  expect(await readParquetPage(connection, { file, offset: 3997, limit: 500 })).toEqual({
    columns: ["file", "row", "p", "label"],
    rows: [
      ["f3997", "3997", "399.7", "x"],
      ["f3998", "3998", "399.8", ""],
      ["f3999", "3999", "399.9", ""],
    ],
    totalRows: 4000,
  });
  expect((await readParquetPage(connection, { file, offset: 0, limit: 1 })).rows).toEqual([["f0", "0", "0", "x"]]);
  connection.closeSync();
});

test("a file that is not Parquet rejects", async () => {
  const connection = await openParquetReader();
  await expect(readParquetPage(connection, { file: folder, offset: 0, limit: 1 })).rejects.toThrow();
  connection.closeSync();
});
