import { fork } from "node:child_process";
import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, expect } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { type Scorer, scorerSchema } from "../../../electron/contract/nouns/scorer.ts";
import type { ScorerOutput } from "../../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import { miniBatchSchema } from "../../../electron/contract/nouns/mini-batch.ts";
import type { MiniBatch, MiniBatchPart } from "../../../electron/contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch, FromWorker, ToWorker } from "../../../electron/contract/messages/worker-messages.ts";
import { fromWorkerSchema, workerProtocolVersion } from "../../../electron/contract/messages/worker-messages.ts";
import { seededRandom } from "../random.ts";

const program = path.join(import.meta.dirname, "../../../dist/worker.cjs");

export let folder: string;
export let workers: TestWorker[];

type TestWorker = {
  readonly send: (message: unknown) => void;
  /** The next message of one of these types; others (progress) are passed over, but kept in `heard`. */
  readonly next: <Type extends FromWorker["type"]>(...types: Type[]) => Promise<Extract<FromWorker, { type: Type }>>;
  readonly heard: FromWorker[];
  readonly exit: Promise<{ code: number | null; signal: string | null }>;
  readonly disconnect: () => void;
  readonly end: () => Promise<unknown>;
};

export function startWorker(): TestWorker {
  const child: ChildProcess = fork(program, [], {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const heard: FromWorker[] = [];
  const unread: FromWorker[] = [];
  let wake = () => {};
  child.on("message", (raw) => {
    const message = fromWorkerSchema.parse(raw);
    heard.push(message);
    unread.push(message);
    wake();
  });
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const worker: TestWorker = {
    heard,
    exit,
    send: (message) => child.send(message as object),
    disconnect: () => child.disconnect(),
    async next(...types) {
      for (;;) {
        const message = unread.shift();
        if (message === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if ((types as string[]).includes(message.type)) return message as never;
        else if (message.type !== "progress") throw new Error(`not expected: ${JSON.stringify(message)}`);
      }
    },
    end() {
      child.kill("SIGKILL");
      return exit;
    },
  };
  workers.push(worker);
  return worker;
}

export const output = (
  name: string,
  type: TensorType,
  columns: string[],
  more: Partial<ScorerOutput> = {},
): ScorerOutput => ({
  name,
  type,
  width: columns.length,
  labels: null,
  softmax: false,
  topK: 0,
  columns,
  ...more,
});

type TabularChoice = {
  inputs: { name: string; type: TensorType; columns: string[] }[];
  outputs: ScorerOutput[];
  fixedBatch?: number;
  keep?: string[];
};

export function tabularScorer({ inputs, outputs, fixedBatch, keep = [] }: TabularChoice): Scorer {
  return scorerSchema.parse({
    kind: "tabular",
    inputs: inputs.map((input) => ({ ...input, shape: [fixedBatch ?? null, input.columns.length] })),
    missing: "error",
    outputs,
    keep,
    batch: "auto",
    fixedBatch: fixedBatch ?? null,
  });
}

export const classifier = {
  inputs: [{ name: "features", type: "float32" as const, columns: ["f0", "f1", "f2", "f3"] }],
  outputs: [output("label", "int64", ["label"]), output("probabilities", "float32", ["p_0", "p_1", "p_2"])],
};
export const sum = {
  inputs: [{ name: "features", type: "float32" as const, columns: ["f0", "f1"] }],
  outputs: [output("score", "float32", ["score"])],
};

export function jobSpec(model: string, scorer: Scorer, change: Partial<JobSpec> = {}): JobSpec {
  return {
    version: 1,
    name: "job",
    endpointName: "endpoint",
    deploymentName: "deployment",
    input: {
      path: path.join(folder, "input"),
      kind: "folder",
      recursive: true,
      files: null,
      watch: null,
      source: null,
    },
    base: null,
    model: { name: "model", version: "1", hash: "0".repeat(64), file: model, folder: "" },
    scorer,
    dialect: defaultDialect,
    dialectScope: "file",
    errorThreshold: { percent: null, unit: "row" },
    device: "cpu",
    pricePerHour: null,
    batchChosenBy: "default",
    settings: {
      mini_batch_size: 10,
      max_concurrency_per_instance: null,
      instance_count: null,
      retry_settings: { max_retries: 3, timeout: null },
      output_action: "append_row",
      output_file_name: null,
      error_threshold: -1,
      logging_level: "info",
      environment_variables: {},
    },
    compute: "local",
    workers: 1,
    batch: 16,
    sliceBytes: 16 << 20,
    output: { folder, fileName: "predictions.csv", format: "csv", csvFormulas: "escape" },
    overrides: {},
    deployment: {},
    ...change,
  };
}

let segments = 0;
export function openJob(spec: JobSpec): Extract<ToWorker, { type: "open-job" }> {
  const segmentFile = path.join(folder, `${segments++}.segment`);
  return {
    type: "open-job",
    protocolVersion: workerProtocolVersion,
    workerId: "w1",
    spec,
    segmentFile,
    statusFile: `${segmentFile}.status`,
    logsFolder: path.join(folder, "logs"),
  };
}

export async function openedWorker(spec: JobSpec) {
  const worker = startWorker();
  const open = openJob(spec);
  worker.send(open);
  await worker.next("started");
  await worker.next("job-opened");
  return { worker, ...open };
}

/** A part over the whole of a CSV file in the input folder. */
export function csvPart(file: string, items: number): MiniBatchPart {
  const absolute = path.join(folder, "input", file);
  const stats = fs.statSync(absolute);
  const start = fs.readFileSync(absolute).indexOf("\n") + 1;
  return {
    file,
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    start,
    end: stats.size,
    firstRow: 1,
    items,
    problem: null,
  };
}

export function imagePart(file: string): MiniBatchPart {
  const stats = fs.statSync(path.join(folder, "input", file));
  return {
    file,
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    start: 0,
    end: 0,
    firstRow: 1,
    items: 1,
    problem: null,
  };
}

export const miniBatchOf = (id: number, parts: readonly MiniBatchPart[]): MiniBatch =>
  miniBatchSchema.parse({ id, items: parts.reduce((items, part) => items + part.items, 0), parts });

export const scoreRequest = (
  miniBatch: MiniBatch,
  more: Partial<Extract<ToWorker, { type: "score-mini-batch" }>> = {},
) => ({
  type: "score-mini-batch",
  miniBatch,
  attempt: 1,
  poisoned: [],
  batch: 16,
  ...more,
});

export function writeInput(file: string, text: string | Buffer): void {
  fs.mkdirSync(path.join(folder, "input"), { recursive: true });
  fs.writeFileSync(path.join(folder, "input", file), text);
}

export function randomRows(count: number, width: number, seed: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: width }, () => Math.round((random() * 8 - 4) * 1000) / 1000),
  );
}

export const csvText = (rows: readonly (readonly (number | string)[])[], header: string) =>
  `${header}\n${rows.map((row) => `${row.join(",")}\n`).join("")}`;

/** The record of a mini-batch, its checksum proven. */
export function recordOf(segmentFile: string, miniBatch: CommittedMiniBatch) {
  const end = miniBatch.offset + miniBatch.rowsBytes + miniBatch.errorsBytes;
  const bytes = fs.readFileSync(segmentFile).subarray(miniBatch.offset, end);
  expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe(miniBatch.checksum);
  const rows = bytes.toString("utf8", 0, miniBatch.rowsBytes);
  const errors = bytes.toString("utf8", miniBatch.rowsBytes);
  return { rows: parse(rows), errors: parse(errors), text: rows, errorsText: errors };
}

export const numbers = (rows: readonly (readonly string[])[], from: number) =>
  rows.flatMap((row) => row.slice(from).map(Number));

export function expectClose(found: readonly number[], wanted: readonly (number | bigint | string)[]): void {
  expect(found).toHaveLength(wanted.length);
  const worst = found.reduce((most, value, index) => Math.max(most, Math.abs(value - Number(wanted[index]))), 0);
  expect(worst).toBeLessThanOrEqual(1e-5);
}

/** The next committed mini-batch, where one alone is on its way. */
export async function nextCommit(worker: TestWorker): Promise<CommittedMiniBatch> {
  const { miniBatches } = await worker.next("mini-batches-committed");
  expect(miniBatches).toHaveLength(1);
  return miniBatches[0] as CommittedMiniBatch;
}

/** Each test has a folder and workers of its own, which end with it. To be called outside of tests. */
export function inFreshFolders(): void {
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "worker-"));
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.end()));
    fs.rmSync(folder, { recursive: true, force: true });
  });
}
