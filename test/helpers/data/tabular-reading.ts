import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorers/tabular-scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import { planMiniBatches } from "../../../electron/data/cut/plan-mini-batches.ts";
import { nullCell } from "../../../native-worker/readers/block.ts";
import type { TabularSettings } from "../../../native-worker/readers/record-reader.ts";
import { temporaryFolder } from "../places.ts";
import { createTabularReaders } from "../../../native-worker/readers/tables/tabular.ts";
import { noCopies } from "./no-copies.ts";

export type InputWish = { readonly type: TensorType; readonly columns: readonly string[] };

export function scorerOf(inputs: readonly InputWish[], changes: Partial<TabularScorer> = {}): TabularScorer {
  const [first, ...others] = inputs.map(({ type, columns }, index) => ({
    name: `input${index}`,
    type,
    shape: [null, columns.length],
    columns: [...columns],
  }));
  if (first === undefined) throw new Error("A scorer has an input.");
  return {
    kind: "tabular",
    inputs: [first, ...others],
    missing: "error",
    keep: [],
    batch: 4,
    fixedBatch: null,
    outputs: [{ name: "y", type: "float32", width: 1, labels: null, softmax: false, topK: 0, columns: ["y"] }],
    ...changes,
  };
}

type Row = {
  readonly item: number;
  readonly row: number;
  readonly values: readonly unknown[];
  readonly keep: readonly (string | null)[];
};
type Failure = {
  readonly item: number;
  readonly row: number;
  readonly code: string;
  readonly message: string;
  readonly value: string;
};
type Read = {
  readonly rows: Row[];
  readonly failures: Failure[];
  readonly blocks: number[];
  readonly end: string;
};

type ReadWish = {
  readonly range?: { readonly start: number; readonly end: number };
  readonly leaveOut?: readonly number[];
  readonly onBlock?: () => void;
  /** The input that the file is a part of; left out: the file itself. */
  readonly input?: TabularSettings["input"];
};

/** A folder of tables that is gone when the test file has ended, and what reads them. To be called outside of tests. */
export function tabularFolder() {
  const folder = temporaryFolder("readers");

  function write(name: string, content: string | Buffer): string {
    writeFileSync(join(folder, name), content);
    return name;
  }

  async function partsOf(name: string, sliceBytes = 1e9): Promise<MiniBatchPart[]> {
    const path = join(folder, name);
    const { size, mtimeMs } = statSync(path);
    const parts: MiniBatchPart[] = [];
    const files = (async function* () {
      yield { path: name, sizeBytes: size, modifiedMs: mtimeMs };
    })();
    const settings = {
      input: { path, kind: "file", recursive: true },
      source: "table-rows",
      dialect: defaultDialect,
      table: null,
      encoding: null,
      copies: noCopies,
      miniBatchSize: 1,
      sliceBytes,
      miniBatchBytes: sliceBytes,
      rowMultiple: 1,
    } as const;
    for await (const { miniBatch } of planMiniBatches(settings, files, { nextMiniBatch: 0, after: null }))
      parts.push(...miniBatch.parts);
    return parts;
  }

  async function read(scorer: TabularScorer, part: MiniBatchPart, wish: ReadWish = {}): Promise<Read> {
    const path = join(folder, part.file);
    const settings: TabularSettings = {
      records: "rows",
      scorer,
      dialect: defaultDialect,
      batch: 4,
      input: wish.input ?? { path, kind: "file" },
    };
    const range = wish.range ?? { start: 0, end: part.items };
    const reader = await createTabularReaders(settings).open({ path, part, range, leaveOut: new Set(wish.leaveOut) });
    const found: Read = { rows: [], failures: [], blocks: [], end: "" };
    try {
      for (;;) {
        const step = await reader.next();
        if (step.kind === "problem") return { ...found, end: step.problem.code };
        if (step.kind === "end") return { ...found, end: "end" };
        const { block } = step;
        found.blocks.push(block.records);
        for (let row = 0; row < block.rows; row++) {
          const values = block.inputs.flatMap((input) => {
            const width = input.length / block.rows;
            return Array.from(input as ArrayLike<unknown>).slice(row * width, (row + 1) * width);
          });
          const keep = block.keep.map((cells) =>
            cells.starts[row] === nullCell
              ? null
              : Buffer.from(cells.bytes).toString("utf8", cells.starts[row], cells.ends[row]),
          );
          found.rows.push({ item: block.itemOf[row] as number, row: block.rowNumbers[row] as number, values, keep });
        }
        for (const { item, row, code, message, value } of block.failures)
          found.failures.push({ item, row, code, message, value });
        wish.onBlock?.();
      }
    } finally {
      await reader.close();
    }
  }

  async function readWhole(scorer: TabularScorer, name: string, wish: ReadWish = {}): Promise<Read> {
    const [part] = await partsOf(name);
    if (part === undefined) throw new Error("The file has no part.");
    return read(scorer, part, wish);
  }

  async function copyParquet(select: string, name: string, options = "COMPRESSION snappy"): Promise<void> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    await connection.run(`COPY (${select}) TO '${join(folder, name)}' (FORMAT parquet, ${options})`);
    connection.closeSync();
    instance.closeSync();
  }

  return { folder, write, partsOf, read, readWhole, copyParquet };
}
