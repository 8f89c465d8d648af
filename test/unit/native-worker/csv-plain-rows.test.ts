import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CsvDialect, defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { type Slice, splitText } from "../../../electron/data/cut/split-text.ts";
import { nullCell } from "../../../native-worker/readers/block.ts";
import { createCsvReader } from "../../../native-worker/readers/tables/csv.ts";
import { openWindow } from "../../../native-worker/readers/tables/tabular-window.ts";
import { seededRandom } from "../../helpers/random.ts";
import { expectSame } from "../../helpers/expect-same.ts";
import { createRowCollector } from "../../../native-worker/readers/tables/row-collector.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "batchdeck-csv-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const base: Pick<TabularScorer, "kind" | "fixedBatch" | "outputs"> & { readonly batch: number } = {
  kind: "tabular",
  batch: 8,
  fixedBatch: null,
  outputs: [{ name: "y", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["y"] }],
};
const floats = (name: string, columns: string[]) => ({
  name,
  type: "float32" as const,
  shape: [null, columns.length],
  columns,
});

/** Columns of the file are text, a, b, free, c, d; what a model may want of them. */
const scorers: Readonly<Record<string, TabularScorer>> = {
  "one matrix": { ...base, inputs: [floats("x", ["a", "b", "c", "d"])], missing: "error", keep: ["text"] },
  "columns in another order": { ...base, inputs: [floats("x", ["d", "b"])], missing: { value: -1.5 }, keep: ["c"] },
  "kept numbers and nothing but them": { ...base, inputs: [floats("x", ["a"])], missing: "nan", keep: ["a", "a", "d"] },
  "one input a column, of several types": {
    ...base,
    inputs: [
      floats("x", ["a"]),
      { name: "whole", type: "int32", shape: [null, 1], columns: ["b"] },
      floats("again", ["c", "c"]),
      { name: "double", type: "float64", shape: [null, 1], columns: ["d"] },
      { name: "words", type: "string", shape: [null, 1], columns: ["text"] },
    ],
    missing: "error",
    keep: ["text", "b"],
  },
};

/** Everything that a reader says about a file: values bit by bit, texts, row numbers and failures. */
async function readWhole(path: string, slice: Slice, scorer: TabularScorer, dialect: CsvDialect, isCareful: boolean) {
  const file = openSync(path, "r");
  const part = { file: "t.csv", sizeBytes: 0, modifiedMs: 0, ...slice, problem: null };
  // As soon as any item is to be left out, even one that is not there, every row is read the careful way.
  const leaveOut = new Set(isCareful ? [slice.items + 1] : []);
  const wanted = { path, part, range: { start: 0, end: slice.items }, leaveOut };
  const reader = createCsvReader(
    createRowCollector(scorer, base.batch),
    wanted,
    openWindow(file, slice.start, slice.end),
    dialect,
  );
  const found: unknown[] = [];
  for (;;) {
    const block = await reader.readBlock();
    if (block === null) break;
    if (!("records" in block)) throw new Error(block.message);
    found.push({
      inputs: block.inputs.map((values) =>
        Array.isArray(values)
          ? [...values]
          : Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex"),
      ),
      keep: block.keep.map(({ bytes, starts, ends }) =>
        Array.from({ length: block.rows }, (_, row) =>
          starts[row] === nullCell ? null : Buffer.from(bytes).toString("latin1", starts[row], ends[row]),
        ),
      ),
      items: [...block.itemOf],
      rows: [...block.rowNumbers],
      failures: [...block.failures],
    });
  }
  closeSync(file);
  return found;
}

const pick = <Item>(random: () => number, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

/** Cells that are plain most of the time, and now and then anything that a file may hold. */
function cellText(random: () => number, isText: boolean, delimiter: string): string {
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
  const sign = random() < 0.4 ? "-" : "";
  const odd = random();
  if (odd < 0.03) {
    return pick(random, [
      "",
      " ",
      "-",
      ".",
      "-.",
      "+1",
      "1e3",
      "-2.5E-3",
      "nan",
      "inf",
      "1.2.3",
      "1-2",
      "--1",
      "\t7",
      "x",
    ]);
  }
  if (odd < 0.04)
    return pick(random, ['"', '"a"b', '"1"', '"-0.5"', '""', `"q${delimiter}r"`, '"two\nlines"', '"d""q"']);
  if (odd < 0.05) return pick(random, ["é", "😀", "1é", "\r", "1\r", 'a"b', "\x00", "123456789012345678901234567890"]);
  if (odd < 0.06 && !isText) {
    const zeros = "0".repeat(Math.floor(random() * 30));
    return `${sign}${pick(random, [zeros, ""])}${digits(Math.floor(random() * 22))}.${zeros}${digits(Math.floor(random() * 22))}`;
  }
  if (isText) return random() < 0.05 ? "t".repeat(60) : `row${digits(Math.floor(random() * 12))}`;
  const shape = random();
  if (shape < 0.2) return `${sign}${digits(1 + Math.floor(random() * 11))}`;
  if (shape < 0.3) return `${sign}0.${digits(17)}`;
  if (shape < 0.35) return `${sign}.${digits(4)}`;
  return `${sign}${digits(1 + Math.floor(random() * 3))}.${digits(Math.floor(random() * 8))}`;
}

test.each(Object.entries(scorers))("plain rows come out as the careful way reads them: %s", async (_, scorer) => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const delimiter = pick(random, [",", ";", "\t"] as const);
    const lineEnd = pick(random, ["\n", "\r\n"]);
    const names = ["text", "a", "b", "free", "c", "d"];
    let text = names.join(delimiter) + lineEnd;
    const headerEnd = text.length;
    for (let row = 0; row < 120; row++) {
      const count = random() < 0.02 ? pick(random, [0, 1, 5, 7]) : 6;
      const cells = Array.from({ length: count }, (_, column) =>
        cellText(random, names[column] === "text" || names[column] === "free", delimiter),
      );
      text += cells.join(delimiter) + (random() < 0.02 ? pick(random, ["\n", "\r\n", "\n\n"]) : lineEnd);
    }
    if (random() < 0.5) text = text.trimEnd();
    const bytes = Buffer.from(random() < 0.1 ? `${text}\n1` : text);
    if (random() < 0.2) bytes[bytes.indexOf("row", headerEnd)] = 0xff;
    const path = join(folder, `${seed}.csv`);
    writeFileSync(path, bytes);
    const file = openSync(path, "r");
    const dialect: CsvDialect = { ...defaultDialect, delimiter };
    const noLimit = { bytes: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY, rowMultiple: 1 };
    const slices = [...splitText(file, headerEnd, bytes.length, 1, dialect, noLimit)];
    closeSync(file);
    for (const slice of slices) {
      const quick = await readWhole(path, slice, scorer, dialect, false);
      expectSame(quick, await readWhole(path, slice, scorer, dialect, true), `seed ${seed}`);
    }
  }
});

test("64-bit integers come out exact, however many digits they have; blank lines of a single column are no rows", async () => {
  const cells = [
    "0",
    "-0",
    "7",
    "-7",
    "+7",
    "007",
    "999999999",
    "-999999999",
    "1234567890",
    "-1234567890",
    "3.0",
    " 4",
  ];
  const wide = ["9007199254740993", "9223372036854775807", "-9223372036854775808"];
  const text = `n\n\n${[...cells, ...wide].join("\n\r\n")}\n\n`;
  const path = join(folder, "whole.csv");
  writeFileSync(path, text);
  const scorer: TabularScorer = {
    ...base,
    inputs: [{ name: "n", type: "int64", shape: [null, 1], columns: ["n"] }],
    missing: "error",
    keep: ["n"],
  };
  const slice = { start: 2, end: text.length, firstRow: 1, items: cells.length + wide.length };
  const blocks = await readWhole(path, slice, scorer, defaultDialect, false);
  const hex = (blocks as { inputs: string[] }[]).map((block) => block.inputs[0]).join("");
  const found = new BigInt64Array(Uint8Array.from(Buffer.from(hex, "hex")).buffer);
  expect([...found]).toEqual([
    0n,
    0n,
    7n,
    -7n,
    7n,
    7n,
    999999999n,
    -999999999n,
    1234567890n,
    -1234567890n,
    3n,
    4n,
    ...wide.map(BigInt),
  ]);
  expect((blocks as { keep: string[][] }[]).flatMap((block) => block.keep[0])).toEqual([...cells, ...wide]);
  // Not even where an empty cell stands for a number.
  const filled: TabularScorer = { ...base, inputs: [floats("n", ["n"])], missing: { value: 1 }, keep: [] };
  const rows = await readWhole(path, slice, filled, defaultDialect, false);
  expect((rows as { rows: number[] }[]).flatMap((block) => block.rows)).toHaveLength(slice.items);
  expect(rows).toEqual(await readWhole(path, slice, filled, defaultDialect, true));
});
