import { readSync } from "node:fs";
import type { ComparedColumn, ComparedJob } from "../contract/messages/compare-messages.ts";
import { duckdbOptions, literalPath, sqlName, sqlText } from "../contract/tables/parquet.ts";
import { cellText, createRecordCutter, rawCells, recordTexts } from "../contract/tables/written-records.ts";
import type { BaseMiniBatch } from "../data/reuse/base-journal.ts";
import { checksumOf } from "../data/reuse/base-job.ts";
import { readFully } from "../data/table-file.ts";
import { jsonRow } from "../outputs/json-row.ts";

/** The cells of a row of predictions as text, in the order of the job's columns; empty where there is no value. */
export type Row = readonly string[];

/** The next so many rows; null when there are fewer. */
export type TakeRows = (count: number) => Promise<readonly Row[] | null>;

/** Opens the rows of a mini-batch's items that did not fail, mini-batch after mini-batch; null when they are not what the job wrote. */
export type RowsOfMiniBatch = (miniBatch: BaseMiniBatch, errorBytes: Buffer) => TakeRows | null;

/** How one record of a job's text becomes cells. */
export function rowParser({ format }: ComparedJob, columns: readonly ComparedColumn[]): (record: string) => Row {
  const whole = Number.POSITIVE_INFINITY;
  switch (format) {
    case "jsonl":
      return (record) => {
        const cells = jsonRow(record, whole);
        return columns.map(({ name }) => cells.get(name) ?? "");
      };
    case "lines":
      return (record) => [record];
    case "azureml-frame":
      return (record) => rawCells(record, " ").map(cellText);
    default:
      return (record) => rawCells(record).map(cellText);
  }
}

/** Text whose bytes the journal knows: each mini-batch is compared with its checksum. */
export function checkedRows(file: number, job: ComparedJob, parse: (record: string) => Row): RowsOfMiniBatch {
  return (miniBatch, errorBytes) => {
    const bytes = Buffer.allocUnsafe(miniBatch.rowsBytes);
    const isWhole = readFully(file, bytes, 0, bytes.length, miniBatch.rowsStart) === bytes.length;
    if (!isWhole || checksumOf(bytes, errorBytes) !== miniBatch.checksum) return null;
    return takeFromText(recordTexts(bytes, job.records), parse);
  };
}

const blockBytes = 1024 * 1024;

/** All records of an open file of text, its header too, without their line ends. */
export function* recordsFrom(file: number, style: ComparedJob["records"]): Generator<string> {
  const cut = createRecordCutter(style);
  const block = Buffer.allocUnsafe(blockBytes);
  for (let position = 0; ; ) {
    const length = readSync(file, block, 0, block.length, position);
    if (length === 0) return;
    position += length;
    yield* recordTexts(cut(block.subarray(0, length)), style);
  }
}

/** Rows of text, counted off: those of a mini-batch, or of the whole file where the journal does not know their bytes. */
export function takeFromText(records: Iterator<string>, parse: (record: string) => Row): TakeRows {
  return (count) => {
    const rows: Row[] = [];
    while (rows.length < count) {
      const next = records.next();
      if (next.done === true) return Promise.resolve(null);
      rows.push(parse(next.value));
    }
    return Promise.resolve(rows);
  };
}

/** The rows of a Parquet file of ours in their order, in blocks; every value as DuckDB writes it. */
export async function* parquetRows(
  file: string,
  columns: readonly ComparedColumn[],
): AsyncGenerator<readonly Row[], undefined> {
  // Loaded only when Parquet is asked for: the library is large.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", duckdbOptions);
  try {
    const connection = await instance.connect();
    const texts = columns.map(({ name }) => `CAST(${sqlName(name)} AS VARCHAR)`);
    const result = await connection.stream(
      `SELECT ${texts.join(", ")} FROM read_parquet(${sqlText(literalPath(file))}, hive_partitioning = false)`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      yield chunk.getRows().map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
    }
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}

/** Rows that come in blocks. */
export function takeFromBlocks(blocks: AsyncGenerator<readonly Row[], undefined>): TakeRows {
  let block: readonly Row[] = [];
  let at = 0;
  return async (count) => {
    const rows: Row[] = [];
    while (rows.length < count) {
      if (at === block.length) {
        const next = await blocks.next();
        if (next.done === true) return null;
        [block, at] = [next.value, 0];
      }
      const taken = block.slice(at, at + count - rows.length);
      at += taken.length;
      for (const row of taken) rows.push(row);
    }
    return rows;
  };
}
