import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { csvCells } from "../../../electron/outputs/csv-cells.ts";
import { readTextPage, type RowIndexes } from "../../../electron/outputs/read-text-page.ts";

let folder = "";
let indexes: RowIndexes = new Map();

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "batchdeck-outputs-"));
  indexes = new Map();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const whole = { format: "csv", lengthBytes: null, offset: 0, limit: 500 } as const;

test("cells keep quotes, commas and line breaks that are inside quotes", () => {
  expect(csvCells('a,"b, ""c""","d\ne",')).toEqual(["a", 'b, "c"', "d\ne", ""]);
  expect(csvCells("")).toEqual([""]);
  expect(csvCells('"",x')).toEqual(["", "x"]);
});

test("a very long cell is cut with an ellipsis", () => {
  const [cell] = csvCells("x".repeat(10_000));
  expect(cell).toHaveLength(4097);
  expect(cell?.endsWith("…")).toBe(true);
});

test("a page holds the asked rows, whatever is quoted in them", async () => {
  const file = written("predictions.csv", 'id,text\n1,"two\nlines"\n2,"a ""b"", c"\n3,é\n');
  expect(await readTextPage(indexes, { file, ...whole })).toEqual({
    columns: ["id", "text"],
    rows: [
      ["1", "two\nlines"],
      ["2", 'a "b", c'],
      ["3", "é"],
    ],
    totalRows: 3,
  });
  const second = await readTextPage(indexes, { file, format: "csv", lengthBytes: null, offset: 1, limit: 1 });
  expect(second.rows).toEqual([["2", 'a "b", c']]);
});

test("a file with a header alone has columns and no rows", async () => {
  const file = written("errors.csv", "file,row\n");
  expect(await readTextPage(indexes, { file, ...whole })).toEqual({ columns: ["file", "row"], rows: [], totalRows: 0 });
});

test("an empty file has no columns", async () => {
  expect(await readTextPage(indexes, { file: written("empty.csv", ""), ...whole })).toEqual({
    columns: [],
    rows: [],
    totalRows: 0,
  });
});

test("every page of a long file is right, in any order of asking", async () => {
  const count = 3000;
  const rows = Array.from({ length: count }, (_, row) => [String(row), row % 7 === 0 ? `a\n"${row}"` : `b${row}`]);
  const text = rows.map(([id, cell]) => `${id},"${cell?.replaceAll('"', '""')}"\n`).join("");
  const file = written("predictions.csv", `id,text\n${text}`);
  for (const offset of [2999, 0, 255, 256, 257, 1023, 2560, 1]) {
    const page = await readTextPage(indexes, { file, format: "csv", lengthBytes: null, offset, limit: 300 });
    expect(page.rows).toEqual(rows.slice(offset, offset + 300));
    expect(page.totalRows).toBe(count);
  }
  expect(
    (await readTextPage(indexes, { file, format: "csv", lengthBytes: null, offset: count, limit: 5 })).rows,
  ).toEqual([]);
});

test("a growing file is read up to the given length only, and goes on from there", async () => {
  const file = written("predictions.csv.part", "id\n1\n2\n");
  appendFileSync(file, '3\n"unfinis');
  const early = await readTextPage(indexes, { file, ...whole, lengthBytes: 7 });
  expect(early).toEqual({ columns: ["id"], rows: [["1"], ["2"]], totalRows: 2 });

  writeFileSync(file, "id\n1\n2\n3\n4\n");
  expect(await readTextPage(indexes, { file, ...whole, lengthBytes: 11 })).toEqual({
    columns: ["id"],
    rows: [["1"], ["2"], ["3"], ["4"]],
    totalRows: 4,
  });

  const final = path.join(folder, "predictions.csv");
  renameSync(file, final);
  expect((await readTextPage(indexes, { file: final, ...whole, offset: 3 })).rows).toEqual([["4"]]);
});

test("another file in the same place is read anew", async () => {
  const file = written("predictions.csv", "id\n1\n2\n3\n");
  await readTextPage(indexes, { file, ...whole });
  rmSync(file);
  written("predictions.csv", "name\nx\n");
  expect(await readTextPage(indexes, { file, ...whole })).toEqual({ columns: ["name"], rows: [["x"]], totalRows: 1 });
});

test("a file that is not there rejects", async () => {
  await expect(readTextPage(indexes, { file: path.join(folder, "none.csv"), ...whole })).rejects.toThrow("ENOENT");
});

test("JSON lines: columns by their keys, numbers by their own digits, null empty, quotes and line breaks in texts", async () => {
  const lines = [
    '{"id":"a \\"quote","n":9007199254740993,"p":"NaN","b":true}',
    '{"id":null,"n":-1,"p":0.5,"b":false}',
    '{"id":"two\\nlines, {}","n":18446744073709551615,"p":1e-7,"b":true}',
  ];
  const file = written("predictions.jsonl", `${lines.join("\n")}\n{"id":"unfini`);
  const page = await readTextPage(indexes, { ...whole, file, format: "jsonl" });
  expect(page).toEqual({
    columns: ["id", "n", "p", "b"],
    rows: [
      ['a "quote', "9007199254740993", "NaN", "true"],
      ["", "-1", "0.5", "false"],
      ["two\nlines, {}", "18446744073709551615", "1e-7", "true"],
    ],
    totalRows: 3,
  });
  const asked = { file, format: "jsonl", columns: ["b", "new"], lengthBytes: null, offset: 2, limit: 5 } as const;
  expect(await readTextPage(indexes, { ...asked, columns: [...asked.columns] })).toMatchObject({
    columns: ["b", "new"],
    rows: [["true", ""]],
  });
});

test("Azure's own bytes have no header: every line is a row, under the names that are given", async () => {
  const frame = written("frame.csv", '"a b.csv" 1 0.5\n"two\nlines" 2 \n');
  const columns = ["file", "row", "p"];
  expect(await readTextPage(indexes, { ...whole, file: frame, format: "azureml-frame", columns })).toEqual({
    columns,
    rows: [
      ["a b.csv", "1", "0.5"],
      ["two\nlines", "2", ""],
    ],
    totalRows: 2,
  });
  const mlflow = written("mlflow.csv", '0,1.0,"a,b.csv"\n');
  expect((await readTextPage(indexes, { ...whole, file: mlflow, format: "azureml-mlflow", columns })).rows).toEqual([
    ["0", "1.0", "a,b.csv"],
  ]);
  const list = written("list.csv", 'an "unfinished quote\nnext\n');
  expect((await readTextPage(indexes, { ...whole, file: list, format: "lines", columns: ["line"] })).rows).toEqual([
    ['an "unfinished quote'],
    ["next"],
  ]);
});
