import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openAzureJournal } from "../../../electron/jobs/azure/azure-journal.ts";
import { accountId } from "../../../electron/remote/identity/account.ts";
import { endpointHost } from "../../azure/jobs/jobs.ts";
import type { RunningTask } from "../../azure/jobs/running-program.ts";
import { application, type JobsLab, startJobsLab } from "../../azure/jobs/sample.ts";
import type { Asked, Fault } from "../../azure/server.ts";
import type { StorageFault } from "../../azure/storage/storage.ts";
import { azureSpec } from "../../helpers/engine/azure-specs.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { seededRandom } from "../../helpers/random.ts";
import { sleep } from "../../helpers/sleep.ts";
import { sourceProgram } from "../../helpers/source-program.ts";

/**
 * Jobs on their way to Azure and back, under random faults of the network, of Azure and of its storage, in programs that are killed
 * at any point, stop them and cancel some: each is one job in Azure or none, ends, and what was sent and fetched is byte for byte what
 * it should be. AZURE_SEED repeats the faults and the kinds of jobs; AZURE_SEQUENCES makes it longer.
 */
const folder = temporaryFolder("azure-kills");
const firstSeed = Number(process.env["AZURE_SEED"] ?? Math.floor(Math.random() * 1e9));
const sequences = Number(process.env["AZURE_SEQUENCES"] ?? (isLong ? 2000 : 150));
/** A program that goes on for so long without an end of any job stands still. */
const standstillMs = 150_000;
const program = path.join(import.meta.dirname, "../../azure/jobs/running-program.ts");
const times = {
  ...{ firstWaitMs: 5, mostWaitMs: 50, firstPollMs: 5, mostPollMs: 20 },
  transfers: { retries: 3, firstWaitMs: 2, mostWaitMs: 50 },
};
/** So small that files of some kilobytes have blocks. */
const sizes = { blockBytes: 4096, flight: { requests: 6, bytes: 32_768 } };
let at: JobsLab;

beforeAll(async () => {
  console.log(`seed: ${firstSeed}`);
  at = await startJobsLab(folder);
  at.jobs.add({
    ...{ endpoint: "sums", name: "mirror", script: "score.py", codeFolder: folder, modelFolder: folder },
    results: (files, inputFolder) => mirrored(files, inputFolder),
  });
});
afterAll(() => at.close());

/** What a job writes: it shows each byte of the input as Azure had it. */
function mirrored(files: readonly string[], inputFolder: string): Readonly<Record<string, string>> {
  const contents = files.map((file) => fs.readFileSync(path.join(inputFolder, file)));
  const hashes = contents.map((content) => createHash("sha256").update(content).digest("hex"));
  return {
    "predictions.csv": files.map((file, index) => `${file} ${hashes[index]}\n`).join(""),
    "logs/all.txt": Buffer.concat(contents).toString("hex"),
  };
}

type Sequence = { readonly seed: number; readonly own: string; readonly jobName: string; readonly isCanceled: boolean };

function prepare(seed: number): Sequence {
  const random = seededRandom(seed);
  const own = path.join(folder, `s${seed}`);
  const [input, out] = [path.join(own, "in"), path.join(own, "out")];
  fs.mkdirSync(input, { recursive: true });
  fs.mkdirSync(out);
  for (let file = Math.floor(random() * 4); file >= 0; file -= 1) {
    const length = Math.floor(random() * (random() < 0.2 ? 12_000 : 300));
    const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    fs.writeFileSync(path.join(input, `${file}.bin`), Buffer.concat([Buffer.from(`${seed} ${file} `), bytes]));
  }
  const spec = azureSpec({
    ...{ name: `s${seed}`, endpoint: "sums", deployment: "mirror", input, output: out },
    azure: {
      ...{ cloud: "Lab", place: at.azure.place, datastore: { name: "workspaceblobstore", ...at.storage.place } },
      ...{ requestId: randomUUID(), runAs: application.clientId },
      accountId: accountId("service_principal", at.lab.cloudFile, at.lab.tenant, application.clientId),
    },
  });
  const isCanceled = random() < 0.2;
  fs.writeFileSync(path.join(own, "spec.json"), JSON.stringify({ spec, random: seed, isCanceled }));
  return { seed, own, jobName: spec.azure.jobName, isCanceled };
}

/** `lost-answer`: carried out, and nobody is told; `twice`: as when a network repeats a request. */
const faults: readonly Fault[] = [
  { status: 429, headers: { "retry-after": "0" }, body: {} },
  { status: 500, body: {} },
  { status: 503, body: {} },
  ...(["cut", "cut", "lost-answer", "lost-answer", "lost-answer", "twice"] as const),
];
const storageFaults: readonly StorageFault[] = [
  ...(["cut-request", "cut-answer", "lost-answer"] as const),
  { status: 503, code: "ServerBusy" },
];

/** Each job meets faults of its own, by its seed and in the order of its requests. */
function disturb(all: readonly Sequence[], onRequest: () => void): void {
  const streams = new Map(all.map(({ seed, jobName }) => [jobName, seededRandom(seed + 1)]));
  const noise = seededRandom(firstSeed);
  const pick = <Value>(values: readonly Value[], random: () => number) => values[Math.floor(random() * values.length)];
  const jobIn = ({ url, body }: Asked) =>
    /\/jobs\/([^/?]+)/.exec(url.pathname)?.[1] ?? /"name":"([^"]+)"/.exec(body)?.[1] ?? "";
  at.lab.server.choose((asked) => {
    onRequest();
    const random = streams.get(jobIn(asked));
    if (random === undefined) return undefined;
    const isMaking = asked.method === "POST" && asked.url.hostname === endpointHost("sums");
    return random() < (isMaking ? 0.4 : 0.1) ? pick(faults, random) : undefined;
  });
  at.storage.disturb(() => {
    onRequest();
    return noise() < 0.04 ? (pick(storageFaults, noise) ?? null) : null;
  });
}

function start(all: readonly Sequence[], life: number): ChildProcess {
  const task: RunningTask = { folders: all.map(({ own }) => own), atOnce: 12, life, times, sizes };
  const file = path.join(folder, "task.json");
  fs.writeFileSync(file, JSON.stringify(task));
  return spawn(process.execPath, sourceProgram(program, file), {
    // What a program compiles, the next one need not.
    env: { ...process.env, ...at.environment, NODE_COMPILE_CACHE: path.join(folder, "compiled") },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

const isEnd = (status: string) => ["Completed", "Failed", "Canceled"].includes(status);
const isOver = ({ own }: Sequence) => fs.existsSync(path.join(own, "end.json"));

/** Settles when the program ends; throws when it crashed, or, with what is known of its jobs, when none of them gets to an end any more. */
async function endOf(child: ChildProcess, all: readonly Sequence[]): Promise<void> {
  let isAlive = true;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve())).finally(() => (isAlive = false));
  let [open, sinceMs] = [all.length, performance.now()];
  while (isAlive) {
    await Promise.race([ended, sleep(500)]);
    const left = all.filter((one) => !isOver(one));
    if (left.length !== open) [open, sinceMs] = [left.length, performance.now()];
    if (!isAlive || performance.now() - sinceMs < standstillMs) continue;
    child.kill("SIGKILL");
    const facts = left.map(({ seed, own }) => ({ seed, ...openAzureJournal(own, "hashing").facts() }));
    throw new Error(`Jobs stand still: ${JSON.stringify(facts)}`);
  }
  expect(child.signalCode ?? child.exitCode).toBe(child.signalCode === null ? 0 : "SIGKILL");
}

const patience = { timeout: (isLong ? 120 : 20) * 60_000 };
it(`${sequences} jobs are each one job in Azure, or none, and end with every byte right`, patience, async () => {
  const all = Array.from({ length: sequences }, (_none, index) => prepare(firstSeed + index * 10));
  const random = seededRandom(firstSeed);
  let left = Infinity;
  let child: ChildProcess | null = null;
  disturb(all, () => {
    left -= 1;
    const victim = child;
    if (left === 0 && victim !== null) void sleep(random() * 15).then(() => victim.kill("SIGKILL"));
  });
  let kills = Math.ceil(sequences / 8);
  for (let life = 0; all.some((one) => !isOver(one)); life += 1) {
    left = kills > 0 ? 20 + Math.floor(random() * 180) : Infinity;
    kills -= 1;
    child = start(
      all.filter((one) => !isOver(one)),
      life,
    );
    await endOf(child, all);
    await at.storage.idle();
  }

  const made = Map.groupBy(at.jobs.made(), ({ name }) => name);
  const ends = new Map<string, number>();
  for (const { seed, own, jobName, isCanceled } of all) {
    const { kind, ...more } = JSON.parse(fs.readFileSync(path.join(own, "end.json"), "utf8")) as { kind: string };
    ends.set(kind, (ends.get(kind) ?? 0) + 1);
    const jobs = made.get(jobName) ?? [];
    const after = { seed, kind, ...more, made: jobs.length, left: jobs.filter((job) => !isEnd(job.status())).length };
    // Who cancels while results are fetched does not wait for them.
    const expected =
      isCanceled && kind === "canceled" ? { kind, made: jobs.length > 0 ? 1 : 0 } : { kind: "arrived", made: 1 };
    expect(after).toEqual({ seed, ...expected, left: 0 });
    if (kind === "canceled") continue;
    const { status, outcome } = openAzureJournal(own, "hashing").facts();
    expect({ seed, status }).toEqual({ seed, status: jobs[0]?.status() });
    if (!isCanceled) expect({ seed, end: outcome?.end }).toEqual({ seed, end: "completed" });
    if (outcome?.end !== "completed") continue;
    const input = path.join(own, "in");
    for (const [name, content] of Object.entries(mirrored(fs.readdirSync(input).sort(), input))) {
      expect(fs.readFileSync(path.join(own, "out", "azure", name), "utf8"), `${seed} ${name}`).toBe(content);
    }
  }
  console.log(`ends: ${JSON.stringify(Object.fromEntries(ends))}`);
  expect(ends.get("arrived")).toBeGreaterThan(sequences / 2);
});
