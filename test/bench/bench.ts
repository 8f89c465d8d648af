import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import type { ShownJob } from "../helpers/batchdeck.ts";
import { batchdeck, startBatchdeck } from "../helpers/batchdeck.ts";
import { memoryOf } from "./memory.ts";
import { sourceProgram } from "../helpers/source-program.ts";

/** What every figure needs: a place for files, sizes, and how often things are measured. */
export type Bench = {
  readonly root: string;
  readonly home: string;
  readonly rounds: number;
  /** The sizes that take hours to make and run: 10 GB of table, a million files. */
  readonly isLong: boolean;
  readonly cores: number;
};

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};

export function startBench(): Bench {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "batchdeck-bench-"));
  process.on("exit", () => fs.rmSync(root, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  return {
    root,
    home: path.join(root, "home"),
    rounds: option("rounds", 3),
    isLong: process.argv.includes("--long"),
    cores: os.availableParallelism(),
  };
}

export type JobRan = {
  readonly view: ShownJob;
  /** With the start and end of the command. */
  readonly wholeSeconds: number;
  /** SHA-256 of the file of predictions. */
  readonly predictionsHash: string;
  /** Greatest sum of the memory of all its processes, in MB; null when it was not watched. */
  readonly peakMegabytes: number | null;
};

let jobs = 0;

/** Runs one job through the command line, as a user does, and takes its files away again. */
export async function runJob(
  bench: Bench,
  job: {
    readonly endpoint: string;
    readonly input: string;
    readonly workers?: number;
    readonly set?: readonly string[];
    readonly watchMemory?: boolean;
  },
): Promise<JobRan> {
  jobs += 1;
  const name = `bench-${jobs}`;
  const out = path.join(bench.root, name);
  const args = ["invoke", "-n", job.endpoint, "--input", job.input, "--output-path", out, "--job-name", name, "--json"];
  if (job.workers !== undefined) args.push("--instance-count", String(job.workers));
  for (const pair of job.set ?? []) args.push("--set", pair);
  const startedAt = performance.now();
  const running = startBatchdeck(bench.home, ...args);
  const memory = job.watchMemory === true ? memoryOf(running.child.pid ?? 0) : null;
  const ran = await running.ended;
  const wholeSeconds = (performance.now() - startedAt) / 1000;
  const peakMegabytes = memory === null ? null : memory.peakMegabytes();
  if (ran.code !== 0) throw new Error(`The job ended with ${ran.code}: ${ran.stderr}`);
  const predictionsHash = await hashOf(path.join(out, "predictions.csv"));
  fs.rmSync(out, { recursive: true });
  await batchdeck(bench.home, "job", "delete", "-n", name, "--yes");
  return { view: JSON.parse(ran.stdout) as ShownJob, wholeSeconds, predictionsHash, peakMegabytes };
}

async function hashOf(file: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  for await (const block of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(block as Buffer);
  return hash.digest("hex");
}

/** Items a second by the job's own clock, which runs while it is worked on. */
export function rateOf({ view }: JobRan): number {
  return view.succeeded / view.active_seconds;
}

/**
 * Items a second that its workers could have scored if each had been busy all the time: the bound 2 / sum(1 / rate) of
 * all stages, with the rates that they had in this very run, both cores busy.
 */
export function stageBound({ view }: JobRan): number {
  const busyMs = Object.values(view.stage_ms).reduce((sum, ms) => sum + ms, 0);
  return (view.succeeded * 1000 * view.workers) / busyMs;
}

/** Runs one of `programs/` in processes of its own; each gets a line when all are ready, and prints one number. */
export async function ratesOf(program: string, processes: readonly (readonly string[])[]): Promise<readonly number[]> {
  const children = processes.map((args) => {
    const child = spawn(process.execPath, sourceProgram(path.join(import.meta.dirname, "programs", program), ...args), {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
    });
    return { child, lines: readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of children) await lines.next();
  for (const { child } of children) child.stdin.write("\n");
  const rates = await Promise.all(children.map(async ({ lines }) => Number((await lines.next()).value)));
  for (const { child } of children) child.stdin.end();
  return rates;
}

/** Raw ONNX Runtime on prebuilt tensors: the better of one process with all threads and a process a core. */
export async function rawRate(
  bench: Bench,
  modelFile: string,
  input: string,
  dims: readonly number[],
  milliseconds = 2000,
): Promise<number> {
  const args = (threads: number) => [modelFile, threads, 500, milliseconds, input, ...dims].map(String);
  const [together = 0] = await ratesOf("raw-onnx-runtime.ts", [args(bench.cores)]);
  const apart = await ratesOf(
    "raw-onnx-runtime.ts",
    Array.from({ length: bench.cores }, () => args(1)),
  );
  return Math.max(together, sum(apart));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
