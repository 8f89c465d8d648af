import { appendFileSync, closeSync, openSync, statSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import type { MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { type CsvDialect, defaultDialect } from "../../../electron/contract/tables/csv.ts";
import { type Slice, splitText } from "../../../electron/data/cut/split-text.ts";
import type { RecordReader } from "../../../native-worker/readers/record-reader.ts";
import { createCsvReader } from "../../../native-worker/readers/tables/csv.ts";
import { createRowCollector } from "../../../native-worker/readers/tables/row-collector.ts";
import { type ByteWindow, openWindow } from "../../../native-worker/readers/tables/tabular-window.ts";

const comma: CsvDialect = defaultDialect;
const noLimit = Number.POSITIVE_INFINITY;

/** Two columns of numbers for the model, and one that is kept. */
const scorer: TabularScorer = {
  kind: "tabular",
  inputs: [{ name: "x", type: "float32", shape: [null, 2], columns: ["a", "b"] }],
  missing: "error",
  keep: ["c"],
  batch: 4,
  fixedBatch: null,
  outputs: [{ name: "y", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["y"] }],
};

/** A row of the table as it was read: its values, or why it failed. */
export type Row = {
  readonly row: number;
  readonly a?: number;
  readonly b?: number;
  readonly c?: string;
  readonly code?: string;
};

async function collectRows(reader: RecordReader): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const block = await reader.readBlock();
    if (block === null) return rows.sort((left, right) => left.row - right.row);
    if (!("records" in block)) throw new Error(block.message);
    const values = block.inputs[0] as Float32Array;
    const keep = block.keep[0];
    for (let index = 0; index < block.rows; index++) {
      const c = Buffer.from(keep?.bytes ?? []).toString("utf8", keep?.starts[index], keep?.ends[index]);
      const row = block.rowNumbers[index] as number;
      rows.push({ row, a: values[index * 2] as number, b: values[index * 2 + 1] as number, c });
    }
    for (const failure of block.failures) rows.push({ row: failure.row, code: failure.code });
    expect(block.rows + block.failures.length).toBe(block.records);
  }
}

function partOf(slice: Slice): MiniBatchPart {
  return { file: "t.csv", sizeBytes: 0, modifiedMs: 0, ...slice, problem: null };
}

function tinyWindow(file: number, slice: Slice): ByteWindow {
  return { ...openWindow(file, slice.start, slice.end), bytes: Buffer.alloc(3) };
}

export async function readSlices(file: number, slices: readonly Slice[], isTiny: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const slice of slices) {
    const part = { path: "", part: partOf(slice), range: { start: 0, end: slice.items }, leaveOut: new Set<number>() };
    const window = isTiny ? tinyWindow(file, slice) : openWindow(file, slice.start, slice.end);
    rows.push(...(await collectRows(createCsvReader(createRowCollector(scorer, 4), part, window, comma))));
  }
  return rows;
}

/** Writes a table with the header `a,b,c` and reads it: its rows, and how many items it was cut into. */
export async function readTable(path: string, lines: readonly string[], bytes = noLimit): Promise<[Row[], number]> {
  writeFileSync(path, "a,b,c\n");
  // Of ASCII alone, and some of them large.
  for (const line of lines) appendFileSync(path, line, "latin1");
  const { size } = statSync(path);
  const file = openSync(path, "r");
  const slices = [...splitText(file, 6, size, 1, comma, { bytes, rows: noLimit, rowMultiple: 1 })];
  const rows = await readSlices(file, slices, false);
  closeSync(file);
  return [rows, slices.reduce((sum, slice) => sum + slice.items, 0)];
}
