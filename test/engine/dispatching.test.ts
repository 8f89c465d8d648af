import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { createWorkerPool } from "../../electron/compute/worker-pool.ts";
import type { HostedProcess } from "../../electron/compute/process-host.ts";
import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import type { Problem } from "../../electron/contract/problem.ts";
import type { CommittedMiniBatch } from "../../electron/contract/messages/worker-messages.ts";
import type { Dispatching } from "../../electron/jobs/dispatch/dispatching.ts";
import { createDispatching } from "../../electron/jobs/dispatch/dispatching.ts";
import { jobFiles } from "../../electron/jobs/folder/job-files.ts";
import { openJobLog } from "../../electron/jobs/folder/job-log.ts";
import { openJournal } from "../../electron/jobs/journal/journal.ts";
import { startPlanning } from "../../electron/jobs/run/planning.ts";
import type { Watch } from "../helpers/engine/watched-host.ts";
import { watchedHost } from "../helpers/engine/watched-host.ts";
import { journalFile } from "../../electron/jobs/folder/job-files.ts";
import { englishWords, problemSentence } from "../../electron/contract/words/english-problems.ts";
import { deploymentSettingsSchema } from "../../electron/contract/nouns/deployment.ts";
import { workerStatusBytes, writeWorkerStatus } from "../../electron/contract/messages/worker-status.ts";
import { pass, passUntil, useFakeClock } from "../helpers/engine/fake-clock.ts";
import { jobSpec } from "../helpers/engine/job-specs.ts";
import { simulatedHost } from "../helpers/engine/simulated-host.ts";
import { temporaryFolder } from "../helpers/places.ts";
import { seededRandom } from "../helpers/random.ts";

/** The part of the engine that gives mini-batches to workers, alone: simulated workers, a real journal, and no one above it. */
const root = temporaryFolder("dispatching");
const miniBatches = 40;
const atEnd: (() => Promise<void>)[] = [];
useFakeClock();

afterEach(async () => {
  for (const end of atEnd.splice(0)) {
    const ended = end();
    await pass(5000);
    await ended;
  }
});

type Run = {
  readonly dispatching: Dispatching;
  readonly problems: Problem[];
  readonly committed: CommittedMiniBatch[];
  readonly deaths: () => number;
  readonly untilDone: () => Promise<void>;
  readonly attempts: () => number[];
  /** The mini-batches that fell under suspicion, now or before. */
  readonly suspected: () => number[];
};

type Wish = { readonly deadlyItems?: ReadonlySet<number>; readonly spec?: Partial<JobSpec> };

/** A planned job of forty mini-batches with two items each, and what gives it to workers. */
async function run(job: string, watch: Watch = {}, wish: Wish = {}): Promise<Run> {
  const simulated = {
    miniBatches,
    itemsInMiniBatch: 2,
    deadlyItems: wish.deadlyItems ?? new Set<number>(),
    badItems: new Set<number>(),
  };
  const trouble = { death: 0, failure: 0, noSpace: 0, damage: 0, hang: 0 };
  const jobs = new Map([[job, simulated]]);
  const host = watchedHost(watch, simulatedHost({ random: seededRandom(1), jobs, trouble }));
  const spec = jobSpec(job, wish.spec);
  const files = jobFiles(root, spec);
  fs.mkdirSync(files.segments, { recursive: true });
  const opened = openJournal(files.folder);
  if (!opened.ok) throw new Error(problemSentence(opened.problem));
  const journal = opened.value;
  const guarded = (work: () => void) => work();
  let isPlanned = false;
  startPlanning(host, spec, journal, files.listing, null, guarded, {
    onMiniBatches: () => undefined,
    onPlanned: () => {
      isPlanned = true;
    },
    onProblem: (problem) => {
      throw new Error(problemSentence(problem));
    },
  });
  await passUntil(() => isPlanned);
  const problems: Problem[] = [];
  const committed: CommittedMiniBatch[] = [];
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
  const ticking = setInterval(() => dispatching.tick(performance.now() - from), 20);
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
      await passUntil(() => committed.length >= miniBatches);
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

const scriptSpec: Partial<JobSpec> = {
  scorer: {
    kind: "script",
    language: "python",
    folder: "/code",
    script: "score.py",
    hash: "00",
    environment: "here",
    interpreter: "/usr/bin/python3",
    outputs: [],
    keep: [],
    batch: 1,
    fixedBatch: null,
  },
  settings: deploymentSettingsSchema.parse({ retry_settings: { timeout: 1 } }),
};

describe("a script whose init() hangs", () => {
  it("is ended when the time of a start is over, and after the third one the job has failed", async () => {
    const starts: unknown[] = [];
    const job = await run(
      "hanging",
      {
        onStart: (program, child) => void (program === "worker" && starts.push(child.pid())),
        fromProcess: (program, message) => program === "worker" && message.type === "job-opened",
      },
      { spec: scriptSpec },
    );
    job.dispatching.setSlots(1);
    await passUntil(() => job.problems.length > 0);
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
        if (program !== "worker" || message.type !== "mini-batches-committed" || isHeard) return false;
        unheard.push(message);
        return true;
      },
    });
    job.dispatching.setSlots(2);
    await passUntil(() => unheard.length >= 2);
    expect(job.dispatching.workersInUse()).toBe(2);
    job.dispatching.setSlots(1);
    await passUntil(() => job.dispatching.workersInUse() <= 1);
    job.dispatching.setSlots(0);
    await passUntil(() => job.dispatching.workersInUse() === 0);
    expect(job.deaths()).toBe(0);
    isHeard = true;
    job.dispatching.setSlots(1);
    await job.untilDone();
    expect(job.problems).toEqual([]);
    expect(job.committed.map((miniBatch) => miniBatch.miniBatchId).sort((one, other) => one - other)).toEqual(
      Array.from({ length: miniBatches }, (_, id) => id),
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
    await passUntil(() => job.committed.length > 0);
    job.dispatching.setSlots(0);
    await passUntil(() => job.dispatching.workersInUse() === 0);
    expect([started, ended]).toEqual([2, 0]);
    const before = job.committed.length;
    await pass(10_000);
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
      fromProcess: (program, message) => program === "worker" && message.type === "mini-batches-committed" && !isHeard,
    });
    job.dispatching.setSlots(1);
    await pass(10_000);
    // All that it was given is done, so its status file says that it is in no mini-batch.
    const words = new DataView(new ArrayBuffer(workerStatusBytes));
    writeWorkerStatus(words, { miniBatchId: 0, start: 0, end: 0, stage: "idle" });
    fs.writeFileSync(path.join(root, "jobs", "idle-death", "segments", "1-1.status"), words);
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
        fromProcess: (program, message) =>
          program === "worker" && message.type === "mini-batches-committed" && !isHeard,
      },
      { deadlyItems: new Set([2]) },
    );
    job.dispatching.setSlots(1);
    await job.untilDone();
    expect(job.suspected()).toEqual([1]);
    const failed = job.committed.filter((miniBatch) => miniBatch.failed > 0);
    expect(failed.map(({ miniBatchId, succeeded, failed: count }) => [miniBatchId, succeeded, count])).toEqual([
      [1, 1, 1],
    ]);
    expect(new Set(job.attempts())).toEqual(new Set([1]));
  });
});
