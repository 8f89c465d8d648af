import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { HostedProcess, ProcessHost } from "../../../electron/compute/process-host.ts";
import { createResultsReader } from "../../../electron/outputs/results.ts";

let folder = "";
let started: HostedProcess[] = [];
let ended = 0;

/** The real host, and a note of every process that it started. */
const host: ProcessHost = {
  start(program, options) {
    const child = nodeProcessHost(path.join(import.meta.dirname, "../../../dist")).start(program, options);
    started.push(child);
    child.onExit(() => {
      ended += 1;
    });
    return child;
  },
};

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "batchdeck-results-"));
  started = [];
  ended = 0;
});
afterEach(async () => {
  for (const child of started) child.kill();
  await expect.poll(() => ended, { timeout: 10_000 }).toBe(started.length);
  rmSync(folder, { recursive: true, force: true });
});

function csvOf(rows: number): string {
  const file = path.join(folder, "predictions.csv");
  writeFileSync(file, `row,value\n${Array.from({ length: rows }, (_, row) => `${row},v${row}\n`).join("")}`);
  return file;
}

test("many pages asked for at once each get their own rows, from one process", async () => {
  const results = createResultsReader(host);
  const file = csvOf(5000);
  const offsets = [0, 4990, 1234, 300, 2500];
  const pages = await Promise.all(
    offsets.map((offset) => results.page({ file, format: "csv", lengthBytes: null }, offset, 3)),
  );
  expect(pages.map((page) => page.ok && page.value.rows[0])).toEqual(
    offsets.map((offset) => [String(offset), `v${offset}`]),
  );
  expect(pages.every((page) => page.ok && page.value.totalRows === 5000)).toBe(true);
  expect(started).toHaveLength(1);
  results.close();
});

test("Parquet is read in the same process", async () => {
  const file = path.join(folder, "predictions.parquet");
  const database = await DuckDBInstance.create(":memory:");
  const connection = await database.connect();
  await connection.run(`COPY (SELECT i AS row, 0.5::FLOAT AS p FROM range(10) n(i)) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  const results = createResultsReader(host);
  expect(await results.page({ file, format: "parquet", lengthBytes: null }, 8, 5)).toEqual({
    ok: true,
    value: {
      columns: ["row", "p"],
      rows: [
        ["8", "0.5"],
        ["9", "0.5"],
      ],
      totalRows: 10,
    },
  });
  results.close();
});

test("a file that cannot be read is a problem, and the next request is answered", async () => {
  const results = createResultsReader(host);
  const none = { file: path.join(folder, "none.csv"), format: "csv", lengthBytes: null } as const;
  expect(await results.page(none, 0, 5)).toMatchObject({ ok: false, problem: { code: "input/unreadable" } });
  const some = { file: csvOf(1), format: "csv", lengthBytes: null } as const;
  expect(await results.page(some, 0, 5)).toMatchObject({ ok: true, value: { rows: [["0", "v0"]] } });
  results.close();
});

test("a process that dies leaves no request without an answer, and a new one takes over", async () => {
  const results = createResultsReader(host);
  const source = { file: csvOf(200_000), format: "csv", lengthBytes: null } as const;
  const pending = results.page(source, 199_990, 5);
  started[0]?.kill();
  expect(await pending).toMatchObject({ ok: false, problem: { code: "input/unreadable" } });
  expect(await results.page(source, 199_990, 1)).toMatchObject({ ok: true, value: { rows: [["199990", "v199990"]] } });
  expect(started).toHaveLength(2);
  results.close();
});

test("the process ends when nobody asks, and comes back when somebody does", async () => {
  const results = createResultsReader(host, 100);
  const source = { file: csvOf(3), format: "csv", lengthBytes: null } as const;
  await results.page(source, 0, 1);
  await expect.poll(() => ended, { timeout: 10_000 }).toBe(1);
  expect(await results.page(source, 2, 1)).toMatchObject({ ok: true, value: { rows: [["2", "v2"]] } });
  expect(started).toHaveLength(2);
  results.close();
});

test("after closing, a request is refused and nothing is started", async () => {
  const results = createResultsReader(host);
  results.close();
  const source = { file: csvOf(3), format: "csv", lengthBytes: null } as const;
  expect(await results.page(source, 0, 1)).toMatchObject({ ok: false });
  expect(started).toEqual([]);
});
