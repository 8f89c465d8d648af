import fs from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { inferSchema, initParser } from "udsv";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import { createTabularReaders } from "../../../native-worker/readers/tables/tabular.ts";
import { columns } from "../inputs.ts";

/**
 * Reads one table into rows of 20 float32 by one of several means, and prints rows a second. Arguments: means, file, rows.
 * `ours`: the worker's reader, with all its checks. `duckdb`: a typed stream, put in row order. `udsv`: all cells as text.
 */
const [means = "", file = "", rowsText = "0"] = process.argv.slice(2);
const rows = Number(rowsText);

const readers: Readonly<Record<string, () => Promise<number>>> = { ours, duckdb, udsv };

async function ours(): Promise<number> {
  const scorer: TabularScorer = {
    kind: "tabular",
    inputs: [{ name: "features", type: "float32", shape: [null, 20], columns }],
    missing: "error",
    outputs: [{ name: "p", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["p"] }],
    keep: ["id"],
    batch: "auto",
    fixedBatch: null,
  };
  const { size, mtimeMs } = fs.statSync(file);
  const start = fs.readFileSync(file).indexOf(10) + 1;
  const part = {
    file,
    sizeBytes: size,
    modifiedMs: mtimeMs,
    start,
    end: size,
    firstRow: 1,
    items: rows,
    problem: null,
  };
  const readers = createTabularReaders({
    scorer,
    records: "rows",
    dialect: defaultDialect,
    batch: 1024,
    input: { path: file, kind: "file" },
  });
  const reader = await readers.open({ path: file, part, range: { start: 0, end: rows }, leaveOut: new Set() });
  let read = 0;
  for (let step = await reader.next(); step.kind === "block"; step = await reader.next()) read += step.block.rows;
  await reader.close();
  return read;
}

async function duckdb(): Promise<number> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const types = ["id: 'VARCHAR'", ...columns.map((name) => `${name}: 'FLOAT'`)].join(", ");
  const result = await connection.stream(
    `SELECT ${columns.join(", ")} FROM read_csv('${file.replaceAll("'", "''")}', header = true, columns = {${types}})`,
  );
  let read = 0;
  let values = new Float32Array(0);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    if (values.length < chunk.rowCount * 20) values = new Float32Array(chunk.rowCount * 20);
    for (let column = 0; column < 20; column += 1) {
      const { items } = chunk.getColumnVector(column) as unknown as { items: Float32Array };
      for (let row = 0, at = column; row < chunk.rowCount; row += 1, at += 20) values[at] = items[row] as number;
    }
    read += chunk.rowCount;
  }
  return read;
}

async function udsv(): Promise<number> {
  const text = fs.readFileSync(file, "utf8");
  const parser = initParser(inferSchema(text));
  let read = 0;
  parser.stringArrs(text, (cells: readonly unknown[]) => {
    read += cells.length / (columns.length + 1);
    return true;
  });
  return read;
}

process.stdout.write("ready\n");
fs.readSync(0, Buffer.alloc(1));
const startedAt = performance.now();
const read = await readers[means]?.();
if (read !== rows) throw new Error(`${means} read ${read} of ${rows} rows.`);
process.stdout.write(`${(rows * 1000) / (performance.now() - startedAt)}\n`);
process.exit(0);
