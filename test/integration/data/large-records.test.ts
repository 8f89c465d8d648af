import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultDialect, maxRecordBytes } from "../../../electron/contract/tables/csv.ts";
import { splitText } from "../../../electron/data/cut/split-text.ts";
import { readSlices, readTable } from "../../helpers/data/csv-rows.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** Records at and above the largest one that is read, on a real disk. */
const noLimit = Number.POSITIVE_INFINITY;
const folder = temporaryFolder("large-records");

test("a quoted cell that is larger is one failed row, with what follows it in its record", async () => {
  const cell = `"${"1,2,x\n".repeat(11_500_000)}"`;
  const [rows] = await readTable(join(folder, "too-large-cell.csv"), ["1,2,x\n", `1,${cell},"5\n6,7",8\n`, "3,4,y\n"]);
  expect(rows).toEqual([
    { row: 1, a: 1, b: 2, c: "x" },
    { row: 2, code: "row-too-long" },
    { row: 3, a: 3, b: 4, c: "y" },
  ]);
});

test("a quote that is never closed costs its one line, however much follows", async () => {
  const line = `1,2,${"x".repeat(9994)}\n`;
  const [rows, items] = await readTable(
    join(folder, "open.csv"),
    [line, '1,"2,x\n', line.repeat(8000), '3,"4,y\n', line],
    1e7,
  );
  expect(items).toBe(8004);
  expect(rows.filter(({ code }) => code !== undefined)).toEqual([
    { row: 2, code: "row-quote" },
    { row: 8003, code: "row-quote" },
  ]);
});

test("a line of more than 64 MiB is one failed row, and the next line is read", async () => {
  const path = join(folder, "long.csv");
  const block = Buffer.alloc(2 ** 20, "7");
  const file = openSync(path, "w+");
  writeSync(file, "a,b,c\n1,2,x\n");
  for (let written = 0; written <= maxRecordBytes; written += block.length) writeSync(file, block);
  writeSync(file, "\n3,4,y\n");
  const { size } = statSync(path);
  const slices = [...splitText(file, 6, size, 1, defaultDialect, { bytes: noLimit, rows: noLimit, rowMultiple: 1 })];
  expect(slices).toEqual([{ start: 6, end: size, firstRow: 1, items: 3 }]);
  expect(await readSlices(file, slices, false)).toEqual([
    { row: 1, a: 1, b: 2, c: "x" },
    { row: 2, code: "row-too-long" },
    { row: 3, a: 3, b: 4, c: "y" },
  ]);
  closeSync(file);
});
