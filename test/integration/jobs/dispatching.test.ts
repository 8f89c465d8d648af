import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createWorkerPool } from "../../../electron/compute/worker-pool.ts";
import type { HostedProcess } from "../../../electron/compute/process-host.ts";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import type { CommittedUnit } from "../../../electron/contract/messages/worker-messages.ts";
import type { Dispatching } from "../../../electron/jobs/dispatch/dispatching.ts";
import { createDispatching } from "../../../electron/jobs/dispatch/dispatching.ts";
import { jobFiles } from "../../../electron/jobs/folder/job-files.ts";
import { openJobLog } from "../../../electron/jobs/folder/job-log.ts";
import { openJournal } from "../../../electron/jobs/journal/journal.ts";
import { startPlanning } from "../../../electron/jobs/run/planning.ts";
import { openWorkspace } from "../../../electron/workspace/workspace.ts";
import { deploy } from "../../helpers/batchdeck.ts";
import { writeCsvFolder } from "../../helpers/data/data-fixtures.ts";
import { abortingModel, denseModel } from "../../helpers/models/model-fixtures.ts";
import { deployScript } from "../../helpers/scripts/script-deployments.ts";
import { undisturbed } from "../../helpers/engine/machine-uses.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import type { Watch } from "../../helpers/engine/watched-host.ts";
import { watchedHost } from "../../helpers/engine/watched-host.ts";
import { journalFile } from "../../../electron/jobs/folder/job-files.ts";
import { englishWords, problemSentence } from "../../../electron/contract/words/english-problems.ts";

/** The part of the engine that gives units to workers, alone: real workers, a real journal, and no one above it. */
const root = temporaryFolder("dispatching");
const home = path.join(root, "home");
const input = path.join(root, "input");
const deadly = path.join(root, "deadly");
const units = 40;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const atEnd: (() => Promise<void>)[] = [];

beforeAll(async () => {
  writeCsvFolder(input, { files: units, rowsPerFile: 50, features: 4 });
  const scorer = "input:\n  columns: {features: [f0, f1, f2, f3]}\noutput:\n  keep: [id]\n";
  fs.mkdirSync(deadly);
  for (let file = 0; file < units; file += 1) {
    const name = `f${String(file).padStart(2, "0")}.csv`;
    fs.writeFileSync(path.join(deadly, name), `a,b\n${file === 1 ? 13 : 100},1\n200,2\n`);
  }
  await deploy(home, "deadly", abortingModel(), { scorer: "input:\n  columns: {features: [a, b]}\n" });
  await deployScript(
    home,
    "hanging",
    { name: "score.py", source: "import time\ndef init():\n    time.sleep(600)\ndef run(files):\n    return files\n" },
    ["retry_settings: {timeout: 1}"],
  );
  await deploy(home, "dense", denseModel({ features: 4, hidden: [64], classes: 3 }), { scorer });
});

afterEach(async () => {
  for (const end of atEnd.splice(0)) await end();
});

type Run = {
  readonly dispatching: Dispatching;
  readonly problems: Problem[];
  readonly committed: CommittedUnit[];
  readonly deaths: () => number;
  readonly untilDone: () => Promise<void>;
  readonly attempts: () => number[];
  /** The mini-batches that fell under suspicion, now or before. */
  readonly suspected: () => number[];
};

/** A planned job and what gives it to workers; the clock of time-outs is the real one, or runs `clockSpeed` times as fast. */
async function run(job: string, watch: Watch = {}, endpoint = "dense", clockSpeed = 1): Promise<Run> {
  const host = watchedHost(watch);
  const spec = await submitted(job, endpoint);
  const files = jobFiles(home, spec);
  fs.mkdirSync(files.segments, { recursive: true });
  const opened = openJournal(files.folder);
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  const journal = opened.value;
  const guarded = (work: () => void) => work();
  await new Promise<void>((resolve, reject) => {
    startPlanning(host, spec, journal, files.listing, null, guarded, {
      onUnits: () => undefined,
      onPlanned: resolve,
      onProblem: (problem) => reject(new Error(problemSentence(problem))),
    });
  });
  const problems: Problem[] = [];
  const committed: CommittedUnit[] = [];
  let deaths = 0;
  const pool = createWorkerPool(host, 4);
  const dispatching = createDispatching({
    spec,
    files,
    epoch: 1,
    journal,
    pool,
    idleSeconds: 60,
    log: openJobLog(files.logs, "debug"),
    guarded,
    listener: {
      onCommitted: (done) => committed.push(...done),
      onOpened: () => undefined,
      onStuck: (_how, problem) => problems.push(problem),
      onWorkerDeath: () => {
        deaths += 1;
      },
    },
  });
  const from = performance.now();
  const ticking = setInterval(() => dispatching.tick((performance.now() - from) * clockSpeed), 20);
  atEnd.push(async () => {
    await dispatching.stop("now");
    clearInterval(ticking);
    pool.close();
    journal.close();
  });
  return {
    dispatching,
    problems,
    committed,
    deaths: () => deaths,
    async untilDone() {
      while (committed.length < units) await sleep(10);
    },
    attempts: () => numbersOf(files.folder, "SELECT attempts FROM units ORDER BY id"),
    suspected: () => numbersOf(files.folder, "SELECT id FROM units WHERE suspicion IS NOT NULL ORDER BY id"),
  };
}

function numbersOf(jobFolder: string, query: string): number[] {
  const database = new Database(journalFile(jobFolder), { readonly: true });
  const found = database.prepare(query).pluck().all() as number[];
  database.close();
  return found;
}

async function submitted(job: string, endpoint: string): Promise<JobSpec> {
  const opened = openWorkspace({ home, processHost: watchedHost({}), machineUse: undisturbed, scope: "awaited" });
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  const made = await opened.value.jobs.submit({
    endpointName: endpoint,
    deploymentName: null,
    inputPath: endpoint === "deadly" ? deadly : input,
    outputFolder: path.join(root, "out", job),
    overrides: { mini_batch_size: "1" },
    jobName: job,
  });
  if (!made.ok) throw new Error(englishWords(made.problem).message);
  const spec = opened.value.jobs.spec(job);
  await opened.value.close();
  if (spec === null) throw new Error("The job has no spec.");
  return spec;
}

describe("a script whose init() hangs", () => {
  it("is ended when the time of a start is over, and after the third one the job has failed", async () => {
    const starts: unknown[] = [];
    const job = await run(
      "hanging",
      { onStart: (program, child) => void (program === "worker" && starts.push(child.pid())) },
      "hanging",
      20,
    );
    job.dispatching.setSlots(1);
    while (job.problems.length === 0) await sleep(10);
    expect(job.problems.map((problem) => ({ code: problem.code, ...englishWords(problem) }))).toMatchObject([
      { code: "script/failed", message: "init() of the script did not end within 33 seconds, 3 times in a row." },
    ]);
    expect([starts.length, job.deaths()]).toEqual([3, 3]);
    expect(new Set(job.attempts())).toEqual(new Set([0]));
  });
});

describe("giving workers back", () => {
  it("ends a worker above the number allowed after two seconds, and what it held is done by another, uncounted", async () => {
    let isHeard = false;
    const unheard: unknown[] = [];
    const job = await run("fewer", {
      fromProcess(program, message) {
        if (program !== "worker" || message.type !== "units-committed" || isHeard) return false;
        unheard.push(message);
        return true;
      },
    });
    job.dispatching.setSlots(2);
    while (unheard.length < 2) await sleep(10);
    expect(job.dispatching.workersInUse()).toBe(2);
    job.dispatching.setSlots(1);
    while (job.dispatching.workersInUse() > 1) await sleep(10);
    job.dispatching.setSlots(0);
    while (job.dispatching.workersInUse() > 0) await sleep(10);
    expect(job.deaths()).toBe(0);
    isHeard = true;
    job.dispatching.setSlots(1);
    await job.untilDone();
    expect(job.problems).toEqual([]);
    expect(job.committed.map((unit) => unit.unitId).sort((one, other) => one - other)).toEqual(
      Array.from({ length: units }, (_, id) => id),
    );
    // One attempt each: those that went back were taken off again.
    expect(new Set(job.attempts())).toEqual(new Set([1]));
  });

  it("takes back to the pool a worker that has nothing left in hand, without a death", async () => {
    let started = 0;
    let ended = 0;
    const job = await run("fewer-idle", {
      onStart(program, child) {
        if (program !== "worker") return;
        started += 1;
        child.onExit(() => {
          ended += 1;
        });
      },
    });
    job.dispatching.setSlots(2);
    while (job.committed.length === 0) await sleep(5);
    job.dispatching.setSlots(0);
    while (job.dispatching.workersInUse() > 0) await sleep(5);
    expect([started, ended]).toEqual([2, 0]);
    const before = job.committed.length;
    await sleep(200);
    expect(job.committed.length).toBe(before);
    job.dispatching.setSlots(2);
    await job.untilDone();
    expect(job.deaths()).toBe(0);
    expect(new Set(job.attempts())).toEqual(new Set([1]));
  });
});

describe("the blame for a death", () => {
  it("is nobody's when the worker had finished what it held: nothing is suspected, nothing is counted", async () => {
    const workers: HostedProcess[] = [];
    let isHeard = false;
    const job = await run("idle-death", {
      onStart(program, child) {
        if (program === "worker") workers.push(child);
      },
      fromProcess: (program, message) => program === "worker" && message.type === "units-committed" && !isHeard,
    });
    job.dispatching.setSlots(1);
    // Its status file says that it is in no unit once all that it was given is done.
    const statusOf = () => fs.readdirSync(path.join(home, "jobs", "idle-death", "segments"));
    while (!statusOf().some((name) => name.endsWith(".status"))) await sleep(10);
    await sleep(500);
    isHeard = true;
    workers[0]?.kill();
    await job.untilDone();
    expect(job.deaths()).toBe(1);
    expect(job.suspected()).toEqual([]);
    expect(new Set(job.attempts())).toEqual(new Set([1]));
  });

  it("falls on the mini-batch that was worked on, not on one before it whose end was not heard of yet", async () => {
    let isHeard = false;
    const job = await run(
      "second-dies",
      {
        onStart(program, child) {
          if (program !== "worker" || isHeard) return;
          child.onExit(() => {
            isHeard = true;
          });
        },
        fromProcess: (program, message) => program === "worker" && message.type === "units-committed" && !isHeard,
      },
      "deadly",
    );
    job.dispatching.setSlots(1);
    await job.untilDone();
    expect(job.suspected()).toEqual([1]);
    const failed = job.committed.filter((unit) => unit.failed > 0);
    expect(failed.map(({ unitId, succeeded, failed: count }) => [unitId, succeeded, count])).toEqual([[1, 1, 1]]);
    expect(new Set(job.attempts())).toEqual(new Set([1]));
  });
});
