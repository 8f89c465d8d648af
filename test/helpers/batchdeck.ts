import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import type { JobJson } from "../../electron/cli/text/job-report.ts";
import { runInProcess } from "./command-line.ts";
import { until } from "./until.ts";

const program = path.join(import.meta.dirname, "../../dist/cli.cjs");

export type Ran = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A command that runs: its process, and what it left once it ended. */
export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** What it has written to stderr so far. */
  readonly noted: () => string;
};

/** Starts `batchdeck ARGS --home HOME` as a user would, on the built program. */
export function startBatchdeck(home: string, ...args: readonly string[]): Running {
  return started(home, args, false);
}

/** The same with variables added to its environment. */
export function startBatchdeckWith(environment: Environment, home: string, ...args: readonly string[]): Running {
  return started(home, args, false, environment);
}

/** The same as a terminal does it: in a process group of its own, which Ctrl-C goes to as a whole. */
export function startInOwnGroup(home: string, ...args: readonly string[]): Running {
  return started(home, args, true);
}

type Environment = Readonly<Record<string, string>>;

function started(home: string, args: readonly string[], detached: boolean, environment: Environment = {}): Running {
  const child = spawn(process.execPath, [program, ...args, "--home", home], {
    stdio: ["ignore", "pipe", "pipe"],
    detached,
    env: { ...process.env, ...environment },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended, noted: () => stderr };
}

export function batchdeck(home: string, ...args: readonly string[]): Promise<Ran> {
  return startBatchdeck(home, ...args).ended;
}

/** Runs a command that must end well, and parses what `--json` printed. */
export async function batchdeckJson<Value>(home: string, ...args: readonly string[]): Promise<Value> {
  const ran = await batchdeck(home, ...args, "--json");
  if (ran.code !== 0 && ran.code !== 3)
    throw new Error(`batchdeck ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Value;
}

type Counts = "total" | "succeeded" | "failed" | "skipped";

/** A job of this computer as `job show --json` prints it: in words. */
export type ShownJob = Omit<JobJson, "problem" | Counts> &
  Readonly<Record<Counts, number>> & {
    readonly problem: { readonly code: string; readonly message: string; readonly remedy: string } | null;
  };

export async function showJob(home: string, name: string): Promise<ShownJob> {
  const ran = await runInProcess(home, "job", "show", "-n", name, "--json");
  if (ran.code !== 0) throw new Error(`job show -n ${name} ended with ${ran.code}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as ShownJob;
}

/** Waits until a job has scored at least that many items, looking into the registry itself, which is quicker than a command. */
export async function untilScored(home: string, job: string, items: number): Promise<void> {
  const registry = new Database(path.join(home, "registry.db"), { readonly: true, timeout: 5000 });
  const succeeded = registry.prepare("SELECT succeeded FROM jobs WHERE name = ?").pluck();
  await until(() => Number(succeeded.get(job) ?? 0) >= items, 20);
  registry.close();
}

/** Waits until the registry holds that status of a job. */
export async function untilStatus(home: string, job: string, wanted: string): Promise<void> {
  const registry = new Database(path.join(home, "registry.db"), { readonly: true, timeout: 5000 });
  const status = registry.prepare("SELECT status FROM jobs WHERE name = ?").pluck();
  await until(() => status.get(job) === wanted, 20);
  registry.close();
}

/** Writes a model folder and its deployment YAML, and makes endpoint and deployment of them, as the default. */
export async function deploy(
  home: string,
  endpoint: string,
  model: Uint8Array,
  options: {
    readonly scorer?: string;
    readonly settings?: readonly string[];
    readonly properties?: readonly string[];
  } = {},
): Promise<void> {
  const folder = path.join(home, "..", `${path.basename(home)}-${endpoint}`);
  fs.mkdirSync(path.join(folder, "model"), { recursive: true });
  fs.writeFileSync(path.join(folder, "model", "model.onnx"), model);
  if (options.scorer !== undefined) fs.writeFileSync(path.join(folder, "model", "scorer.yml"), options.scorer);
  const lines = [
    "name: one",
    `endpoint_name: ${endpoint}`,
    "type: model",
    "model:",
    "  path: model",
    ...section("settings", options.settings),
    ...section("properties", options.properties),
  ];
  fs.writeFileSync(path.join(folder, "deployment.yml"), `${lines.join("\n")}\n`);
  for (const args of [
    ["endpoint", "create", "-n", endpoint],
    ["deployment", "create", "-f", path.join(folder, "deployment.yml"), "--set-default"],
  ]) {
    const ran = await runInProcess(home, ...args);
    if (ran.code !== 0) throw new Error(`batchdeck ${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`);
  }
}

function section(name: string, lines: readonly string[] | undefined): string[] {
  return lines === undefined ? [] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
}
