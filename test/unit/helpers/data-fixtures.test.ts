import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { loadImage } from "@napi-rs/canvas";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as fixtures from "../../helpers/data/data-fixtures.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "batchdeck-data-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const options = { files: 2, rowsPerFile: 3, features: 2, seed: 5 };
const rows = [0, 1].map((file) => fixtures.tableRows(options, file));
const cells = rows.map((ofFile) => ofFile.map((row) => [row.id, ...row.features]));

test("rows are the same for the same options and number on over the files", () => {
  expect(fixtures.tableRows({ ...options }, 1)).toEqual(rows[1]);
  expect(fixtures.tableRows({ ...options, seed: 6 }, 1)).not.toEqual(rows[1]);
  expect(rows.flat().map((row) => row.id)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("CSV and JSON lines hold those rows", () => {
  expect(fixtures.writeCsvFolder(folder, options)).toEqual(["part-0000.csv", "part-0001.csv"]);
  fixtures.writeJsonLinesFolder(folder, options);
  for (const file of [0, 1]) {
    const [header, ...lines] = parse(readFileSync(join(folder, `part-000${file}.csv`)));
    expect(header).toEqual(["id", "f0", "f1"]);
    expect(lines.map((line) => line.map(Number))).toEqual(cells[file]);
    const objects = readFileSync(join(folder, `part-000${file}.jsonl`), "utf8")
      .trimEnd()
      .split("\n");
    expect(objects.map((line) => Object.values(JSON.parse(line) as object))).toEqual(cells[file]);
  }
});

test("Parquet holds those rows, nothing else is left in the folder, and row groups are as asked", async () => {
  const many = { ...options, files: 1, rowsPerFile: 5000, rowGroupSize: 2048 };
  expect(await fixtures.writeParquetFolder(folder, many)).toEqual(["part-0000.parquet"]);
  expect(readdirSync(folder)).toEqual(["part-0000.parquet"]);
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const file = join(folder, "part-0000.parquet");
  const read = (await connection.runAndReadAll(`SELECT id, f0, f1 FROM '${file}'`)).getRows();
  expect(read.map(([id, ...features]) => [Number(id), ...features])).toEqual(
    fixtures.tableRows(many, 0).map((row) => [row.id, ...row.features.map(Math.fround)]),
  );
  const groups = await connection.runAndReadAll(
    `SELECT DISTINCT row_group_num_rows FROM parquet_metadata('${file}') ORDER BY 1`,
  );
  expect(groups.getRows().flat().map(Number)).toEqual([904, 2048]);
  connection.closeSync();
});

test("pictures have the size and kinds asked for and differ from each other", async () => {
  const names = fixtures.writeImageFolder(folder, { count: 3, width: 20, height: 10, endings: ["jpg", "png", "webp"] });
  expect(names).toEqual(["image-0000.jpg", "image-0001.png", "image-0002.webp"]);
  for (const name of names) {
    const picture = await loadImage(join(folder, name));
    expect([picture.width, picture.height]).toEqual([20, 10]);
  }
  const [first] = fixtures.writeImageFolder(join(folder, "again"), { count: 1, width: 20, height: 10 });
  expect(readFileSync(join(folder, "again", first ?? ""))).toEqual(readFileSync(join(folder, "image-0000.jpg")));
});

test("the folders with bad items say what is in them", () => {
  const images = fixtures.writeBadImages(join(folder, "images"));
  expect(images.total).toBe(readdirSync(join(folder, "images")).length);
  const cut = readFileSync(join(folder, "images", "d-truncated.jpg"));
  expect(cut.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  // A whole JPEG ends with its end marker.
  expect(cut.subarray(-2)).not.toEqual(Buffer.from([0xff, 0xd9]));
  const tables = fixtures.writeBadCsvs(join(folder, "tables"));
  for (const bad of [images, tables]) {
    expect(bad.failures.map((failure) => failure.file)).toEqual(bad.failures.map((failure) => failure.file).sort());
  }
  expect(() => parse(readFileSync(join(folder, "tables", "e-quote.csv")))).toThrow(/Quote/i);
});
