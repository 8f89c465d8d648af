import fs from "node:fs";
import os from "node:os";
import type { MachineUse } from "../../compute/machine-use.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import { createWorkerPool } from "../../compute/worker-pool.ts";
import { isTerminal } from "../../contract/nouns/job-status.ts";
import { type Problem, type Result, success } from "../../contract/problem.ts";
import type { ComputeRecord } from "../../registry/computes.repository.ts";
import type { JobRecord } from "../../registry/jobs.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { QueuedWork } from "./assign-workers.ts";
import { assignWorkers } from "./assign-workers.ts";
import { blockedBy, errnoOf } from "../folder/blocked.ts";
import { needsDownload, startDownload } from "../run/download-input.ts";
import { createGiveWay } from "./give-way.ts";
import type { InputSource } from "../submit/input-source.ts";
import { jobFiles } from "../folder/job-files.ts";
import type { JobRun, JobRunEnd } from "../run/job-run.ts";
import { isPassing, startJobRun } from "../run/job-run.ts";
import { createLease } from "./lease.ts";
import { recordSpeed } from "./record-speed.ts";
import { baseJobFiles, keepsRecords } from "../folder/reuse.ts";
import { createRechecks, isUsable } from "./recheck.ts";
import { removeLeftSegments, removeSegments } from "../folder/segments-folder.ts";
import { createWaitingCommands } from "./waiting-commands.ts";
import { queuePausedReason } from "./waiting-reason.ts";
import { handedOver, isOver, workedOn, writeEnd } from "./write-end.ts";
import { journalFile } from "../folder/job-files.ts";
import { workersPerInstance } from "../folder/instances.ts";
import { localComputeName } from "../../contract/views/compute.ts";
import { waitsForItsUser } from "../../contract/nouns/job.ts";

/**
 * Runs the jobs of a workspace, as long as it holds the lease. Commands reach it as rows of the registry, whoever wrote
 * them: a queued job, a request to pause, a status `CancelRequested`. It looks for them when the registry changed.
 */
export type Engine = {
  /** Keeps trying to get the lease, and works whenever it holds it. */
  readonly start: () => void;
  readonly holdsLease: () => boolean;
  /** False when nobody, here or in another process, can be working on the jobs of the workspace. */
  readonly isAnyoneAtWork: () => boolean;
  /** This process wrote a command to the registry: it is looked at with the next tick. */
  readonly wake: () => void;
  /** Why nothing can be written to the workspace right now, so that not even a job's state can say it; else null. */
  readonly hindrance: () => Problem | null;
  /** Hands everything over: work in hand is finished (four seconds at most), jobs go back to Queued, the lease is freed. */
  readonly close: () => Promise<void>;
  /**
   * Kills every process it started and frees the lease, before it returns; jobs stay as they are and are taken up by the
   * next engine. Nothing is written any more.
   */
  readonly kill: () => void;
};

export type EngineScope =
  /** The desktop: every job that may run. */
  | "all"
  /** A command that waits: only jobs that some live command waits for. */
  | "awaited";

const tickMs = 100;
const progressMs = 250;
const lookAnywayMs = 1000;
const closePatienceMs = 4000;
/** A longer gap between two ticks is sleep or a stopped process, and no work: it counts as one tick. */
const longestTickMs = 1000;

type Running = {
  readonly run: JobRun;
  readonly spec: JobRecord["spec"];
  /** Why it was told to stop and hand over; null while it may go on. */
  stopping: string | null;
  lastProgress: string;
};

export function createEngine(context: {
  readonly registry: Registry;
  readonly home: string;
  readonly host: ProcessHost;
  readonly scope: EngineScope;
  readonly machineUse: MachineUse;
  readonly inputSource: InputSource | null;
  /** Called after this engine wrote to the registry. */
  readonly onChange: () => void;
}): Engine {
  const { registry, home, host, scope, machineUse, onChange } = context;
  const cores = os.availableParallelism();
  const lease = createLease(home);
  const pool = createWorkerPool(host, cores);
  const giveWay = createGiveWay(machineUse);
  const commands = createWaitingCommands(registry);
  const running = new Map<string, Running>();
  /** The unfinished jobs in queue order, and the computes, as they were when the engine last looked. */
  let queue: readonly JobRecord[] = [];
  let computes: ReadonlyMap<string, ComputeRecord> = new Map();
  let isQueuePaused = false;
  /** The jobs that a live command waits for; null: all. */
  let awaited: ReadonlySet<string> | null = null;
  /** Why jobs have no workers, or fewer than they asked for, by job. */
  let waitingFor: ReadonlyMap<string, string> = new Map();
  const rechecks = createRechecks();
  /** Why the registry takes nothing now; null when it does. */
  let unwritable: Problem | null = null;
  /** How jobs ended that the registry could not take yet. */
  const unwritten = new Map<string, () => void>();
  let timer: NodeJS.Timeout | null = null;
  let seenVersion = -1;
  let lookedAt = 0;
  let progressAt = 0;
  let lastTickAt = 0;
  let isDirty = true;
  let isTakenOver = false;
  let isClosing = false;
  let isKilled = false;

  /** False when the registry cannot be written now (a full disk): what is still to do is done with a later tick. */
  function ifWritable(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      unwritable = blockedBy(errnoOf(error), home);
      if (unwritable === null) throw error;
      return false;
    }
  }

  function tick(): void {
    const now = performance.now();
    const gapMs = now - lastTickAt;
    const elapsedMs = gapMs > longestTickMs ? tickMs : gapMs;
    lastTickAt = now;
    if (!lease.isHeld()) {
      if (scope === "awaited" && commands.awaitedJobs().size === 0) return;
      if (!lease.tryAcquire()) {
        // Whoever has the lease works only for jobs that somebody waits for: the desktop waits for every job.
        if (scope === "all" && now - lookedAt >= lookAnywayMs) {
          lookedAt = now;
          commands.waitForAll();
        }
        return;
      }
    }
    for (const { run } of running.values()) run.tick(elapsedMs);
    if (!isTakenOver) takeOver();
    for (const [name, write] of unwritten) {
      write();
      unwritten.delete(name);
    }
    const version = registry.dataVersion();
    if (isDirty || version !== seenVersion || now - lookedAt > lookAnywayMs) {
      seenVersion = version;
      lookedAt = now;
      isDirty = false;
      look();
    }
    shareOutWorkers(now);
    if (now - progressAt >= progressMs) {
      progressAt = now;
      report();
    }
  }

  function takeOver(): void {
    commands.takeOver();
    for (const job of registry.jobs.listUnfinished()) {
      const progress = { ...job.progress, rate: 0, secondsLeft: null, workers: 0, waitingFor: null };
      const note = "The program that ran it ended; it goes on from its journal.";
      registry.jobs.move(job.name, workedOn, "Queued", note, { progress });
    }
    void removeLeftSegments(home, (name) => {
      // The workspace may be closed by the time that all folders were looked at.
      const job = isClosing ? null : registry.jobs.find(name);
      return job !== null && isTerminal(job.status) && !keepsRecords(registry, name);
    }).catch((error: unknown) => {
      // The next engine looks again.
      if (errnoOf(error) === null) throw error;
    });
    isTakenOver = true;
    isDirty = true;
    onChange();
  }

  function look(): void {
    if (isClosing) return;
    awaited = scope === "all" ? null : commands.awaitedJobs();
    isQueuePaused = registry.queue.isPaused();
    computes = new Map(registry.computes.list().map((compute) => [compute.name.toLowerCase(), compute]));
    queue = registry.jobs.listUnfinished();
    for (const job of queue) {
      const active = running.get(job.name);
      if (unwritten.has(job.name)) continue;
      if (active !== undefined) steer(job, active);
      else if (job.status === "CancelRequested") conclude(job);
      else if (job.status === "Queued" && job.request === "pause") pauseQueued(job);
      else if (job.status === "Paused" && job.problem !== null && !waitsForItsUser(job.problem) && isWanted(job)) {
        recheck(job);
      }
    }
  }

  function isWanted(job: JobRecord): boolean {
    return awaited === null || awaited.has(job.name);
  }

  function steer(job: JobRecord, active: Running): void {
    if (job.status === "CancelRequested") active.run.cancel();
    else if (job.request === "pause") handOver(active, handedOver);
    else if (isQueuePaused) handOver(active, queuePausedReason);
  }

  function handOver(active: Running, why: string): void {
    if (active.stopping !== null) return;
    active.stopping = why;
    active.run.stop("finish");
  }

  function pauseQueued(job: JobRecord): void {
    registry.jobs.move(job.name, ["Queued"], "Paused", "Paused while it waited.", { request: null, problem: null });
    onChange();
  }

  /** A cancelled job that nobody works on: one that had begun still gets its partial files. */
  function conclude(job: JobRecord): void {
    if (fs.existsSync(journalFile(jobFiles(home, job.spec).folder))) begin(job, 0);
    else {
      registry.jobs.move(job.name, ["CancelRequested"], "Canceled", "Cancelled before it started.", {
        request: null,
        endedAt: new Date().toISOString(),
      });
      onChange();
    }
  }

  function begin(job: JobRecord, workers: number): void {
    const startedAt = job.startedAt ?? new Date().toISOString();
    // Every run of a job has an epoch of its own, so that no two ever write to a segment of the same name.
    const epoch = registry.nextEpoch();
    if (job.status === "Queued") {
      const changes = { startedAt, engineEpoch: epoch, problem: null };
      if (!registry.jobs.move(job.name, ["Queued"], "Preparing", "", changes)) return;
    }
    const compute = computeOf(job.spec) ?? computes.get(localComputeName);
    const started = needsDownload(job.spec)
      ? download(job, epoch)
      : startJobRun({
          spec: job.spec,
          files: jobFiles(home, job.spec),
          epoch,
          host,
          pool,
          idleSeconds: compute?.idleSecondsBeforeScaleDown ?? 0,
          createdAt: job.createdAt,
          startedAt,
          // A job over named files was told what they were: one that is another now fails, and nobody has to be asked.
          skipChanged: job.skipChanged || job.spec.input.files !== null,
          base: baseJobFiles(registry, home, job.spec),
          isCancelRequested: () => registry.jobs.find(job.name)?.status === "CancelRequested",
          enter: (status) =>
            registry.jobs.move(job.name, status === "Running" ? ["Preparing"] : ["Running"], status, ""),
        });
    if (!started.ok) {
      const kind = isPassing(started.problem) ? "blocked" : "failed";
      finish(job.spec, job.status === "CancelRequested" ? { kind: "canceled" } : { kind, problem: started.problem });
      return;
    }
    const entry: Running = { run: started.value, spec: job.spec, stopping: null, lastProgress: "" };
    running.set(job.name, entry);
    started.value.setSlots(workers);
    void started.value.ended.then((end) => {
      running.delete(job.name);
      finish(job.spec, end, entry);
    });
    onChange();
  }

  function download(job: JobRecord, epoch: number): Result<JobRun> {
    const { spec, progress } = job;
    const { folder } = jobFiles(home, spec);
    const device = computeOf(spec)?.device ?? "auto";
    return success(
      startDownload({ spec, progress, folder, epoch, device, host, registry, source: context.inputSource }),
    );
  }

  function finish(spec: JobRecord["spec"], end: JobRunEnd, entry?: Running): void {
    if (isKilled) return;
    const write = () => {
      const last = entry?.run.progress() ?? null;
      writeEnd(registry.jobs, spec, end, { last, note: entry?.stopping ?? null });
      if (end.kind === "completed" && last !== null) recordSpeed(registry.speeds, spec, jobFiles(home, spec), last);
      if (end.kind !== "blocked") rechecks.forget(spec.name);
      else if (!waitsForItsUser(end.problem)) rechecks.later(spec.name);
      if (isOver(end) && !keepsRecords(registry, spec.name)) void removeSegments(jobFiles(home, spec));
      isDirty = true;
      onChange();
    };
    if (!ifWritable(write)) unwritten.set(spec.name, write);
  }

  /** A job that paused itself goes on once its places can be written again. */
  function recheck(job: JobRecord): void {
    if (!rechecks.isDue(job.name)) return;
    const files = jobFiles(home, job.spec);
    const places = {
      input: job.spec.input.path,
      jobFolder: files.folder,
      outputFolder: job.spec.output.folder,
      mustExist: job.problem?.code === "output/gone",
    };
    void isUsable(places).then((usable) => {
      if (!usable || isClosing || !lease.isHeld()) return;
      // Meanwhile its user may have paused it for good.
      if (registry.jobs.find(job.name)?.problem === null) return;
      const changes = { problem: null, request: null };
      ifWritable(() => registry.jobs.move(job.name, ["Paused"], "Queued", "It can be written again.", changes));
      isDirty = true;
      onChange();
    });
  }

  function report(): void {
    let changed = false;
    const told: [job: string, reason: string | null][] = [];
    for (const job of queue) {
      const reason = waitingFor.get(job.name) ?? null;
      const entry = running.get(job.name);
      if (entry === undefined) {
        if (job.status === "Queued" && job.progress.waitingFor !== reason) told.push([job.name, reason]);
        continue;
      }
      const own = entry.run.progress();
      const progress = { ...own, waitingFor: reason ?? own.waitingFor };
      const text = JSON.stringify(progress);
      if (text === entry.lastProgress) continue;
      entry.lastProgress = text;
      changed = registry.jobs.change(job.name, { progress }) || changed;
    }
    if (told.length > 0) {
      const tell = () => told.map(([name, reason]) => registry.jobs.setWaitingFor(name, reason));
      changed = registry.transaction(tell).includes(true) || changed;
      isDirty = true;
    }
    if (changed) onChange();
  }

  function workOf(job: JobRecord): QueuedWork {
    const compute = computeOf(job.spec);
    const common = {
      job: job.name,
      compute: compute?.name ?? job.spec.compute,
      tier: compute?.tier ?? "dedicated",
      priority: job.priority,
      perInstance: workersPerInstance(job.spec.settings),
      asked: job.spec.workers,
    };
    const active = running.get(job.name);
    if (active !== undefined) {
      const { run, stopping } = active;
      const wanted = stopping === null ? run.workersWanted() : 0;
      const state = wanted > 0 ? "running" : "ending";
      return { ...common, state, wanted, inUse: run.workersInUse(), hindrance: run.hindrance() };
    }
    const mayBegin = job.status === "Queued" && job.request === null && !unwritten.has(job.name);
    const state = isWanted(job) ? "waiting" : "unclaimed";
    return { ...common, state, wanted: mayBegin ? job.spec.workers : 0, inUse: 0, hindrance: null };
  }

  /** Lets every job have the workers that are its due now: some begin, some grow or shrink, some hand over. */
  function shareOutWorkers(now: number): void {
    if (isClosing) return;
    const work = queue.map(workOf);
    const hasLowPriority = work.some(({ tier, wanted }) => tier === "low_priority" && wanted > 0);
    const assigned = assignWorkers(work, {
      capacity: {
        cores,
        instancesOf: (compute) => computes.get(compute.toLowerCase())?.maxInstances ?? Number.POSITIVE_INFINITY,
      },
      isQueuePaused,
      lowPriorityMustStop: hasLowPriority ? giveWay.mustStop(now) : null,
      lowPriorityMustWait: hasLowPriority ? giveWay.mustWait(now) : null,
    });
    if (assigned.pushedAside) giveWay.pushedAside(now);
    waitingFor = assigned.waitingFor;
    for (const job of queue) {
      const active = running.get(job.name);
      const why = assigned.displaced.get(job.name);
      const granted = assigned.grants.get(job.name) ?? 0;
      if (active === undefined) {
        if (granted > 0) begin(job, granted);
      } else if (why !== undefined) handOver(active, why);
      else if (active.stopping === null) active.run.setSlots(granted);
    }
  }

  function computeOf(spec: JobRecord["spec"]): ComputeRecord | undefined {
    return computes.get(spec.compute.toLowerCase());
  }
  async function close(): Promise<void> {
    isClosing = true;
    if (timer !== null) clearInterval(timer);
    timer = null;
    const ticking = setInterval(() => {
      for (const { run } of running.values()) run.tick(tickMs);
    }, tickMs);
    const ends = [...running.values()].map(({ run }) => {
      run.stop("finish");
      return run.ended;
    });
    const patience = setTimeout(() => {
      for (const { run } of running.values()) run.stop("now");
    }, closePatienceMs);
    await Promise.all(ends);
    // The registry is written by the promises' own handlers, which are queued behind these.
    await Promise.resolve();
    clearTimeout(patience);
    clearInterval(ticking);
    ifWritable(commands.stop);
    pool.close();
    lease.close();
  }

  return {
    start() {
      if (timer !== null) return;
      lastTickAt = performance.now();
      const tickIfWritable = () => {
        if (ifWritable(tick)) unwritable = null;
      };
      timer = setInterval(tickIfWritable, tickMs);
      tickIfWritable();
    },
    holdsLease: () => lease.isHeld(),
    isAnyoneAtWork: () => lease.isTaken(),
    wake() {
      isDirty = true;
    },
    hindrance: () => unwritable,
    close,
    kill() {
      isClosing = true;
      isKilled = true;
      if (timer !== null) clearInterval(timer);
      for (const { run } of running.values()) run.stop("now");
      pool.close();
      lease.close();
    },
  };
}
