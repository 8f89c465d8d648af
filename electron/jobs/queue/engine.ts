import os from "node:os";
import { type Clock, systemClock, type Timer } from "../../compute/clock.ts";
import type { MachineUse } from "../../compute/machine-use.ts";
import { createPhase, type PhaseMoves } from "../../compute/phase.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import { createWorkerPool } from "../../compute/worker-pool.ts";
import type { Problem } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { createOutputClaims } from "../claim/output-claims.ts";
import type { AzureRunner } from "../azure/azure-runner.ts";
import type { InputCache } from "../folder/input-cache.ts";
import type { InputSource } from "../submit/input-source.ts";
import { createGiveWay } from "./give-way.ts";
import { createLease } from "./lease.ts";
import { createPacer } from "./pacer.ts";
import { createQueueWork } from "./queue-work.ts";
import { createRechecks } from "./recheck.ts";
import type { RegistryChanges } from "./registry-changes.ts";
import { createRegistryWrites } from "./registry-writes.ts";
import { createRunningJobs } from "./running-jobs.ts";
import { removeLeftovers, requeueLeftJobs } from "./requeue-left-jobs.ts";
import { createWaitingCommands } from "./waiting-commands.ts";

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
  readonly writeProblem: () => Problem | null;
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

/**
 * | phase       | what it does                                                   | moves to    | when                      |
 * |-------------|----------------------------------------------------------------|-------------|---------------------------|
 * | idle        | nothing                                                        | standby     | `start`                   |
 * | standby     | asks for the lease with every tick; the desktop meanwhile waits for every job, so that another program works for all | taking-over | it has the lease |
 * | taking-over | puts jobs back into the queue that an engine left which died   | working     | the registry has taken it |
 * | working     | looks at the queue, shares workers out, reports                | closing     | `close`                   |
 * | closing     | jobs finish what they hold, for four seconds at most           | closed      | the last one has ended    |
 * | closed      | nothing; the lease is free                                     |             |                           |
 *
 * From every phase: `closing` on `close`, `closed` on `kill`.
 */
export type EnginePhase = "idle" | "standby" | "taking-over" | "working" | "closing" | "closed";

export const engineMoves: PhaseMoves<EnginePhase> = {
  idle: ["standby", "closing", "closed"],
  standby: ["taking-over", "closing", "closed"],
  "taking-over": ["working", "closing", "closed"],
  working: ["closing", "closed"],
  closing: ["closed"],
  closed: [],
};

const tickMs = 100;
/** In standby, how often it says that it waits for every job. */
const beatMs = 1000;
/** It looks at the queue as often although nothing seems to have changed. */
const maxLookMs = 1000;
const closeTimeoutMs = 4000;
/** A longer gap between two ticks is sleep or a stopped process, and no work: it counts as one tick. */
const maxTickMs = 1000;

export type EngineContext = {
  readonly registry: Registry;
  readonly home: string;
  readonly host: ProcessHost;
  readonly scope: EngineScope;
  readonly machineUse: MachineUse;
  readonly inputSource: InputSource | null;
  readonly inputCache: InputCache;
  readonly azureRunner?: AzureRunner;
  readonly changes: RegistryChanges;
  readonly clock?: Clock;
};

export function createEngine(context: EngineContext): Engine {
  const { registry, home, host, scope, changes, inputSource, inputCache } = context;
  const { azureRunner = null, clock = systemClock } = context;
  const phase = createPhase("The engine", engineMoves, "idle");
  const lease = createLease(home);
  const pool = createWorkerPool(host, os.availableParallelism(), clock);
  const commands = createWaitingCommands(registry);
  const writes = createRegistryWrites(registry, home, clock);
  const rechecks = createRechecks(clock);
  const common = { registry, home, clock, writes, rechecks, claims: createOutputClaims(clock), azureRunner, changed };
  const isWorking = () => phase.is("working");
  const mayWrite = () => !phase.is("closed");
  const running = createRunningJobs({ ...common, host, pool, inputSource, inputCache, mayWrite });
  const look = createPacer(maxLookMs);
  const giveWay = createGiveWay(context.machineUse);
  const awaitedJobs = () => (scope === "all" ? null : commands.awaitedJobs());
  const workOnQueue = createQueueWork({ ...common, running, changes, look, giveWay, isWorking, awaitedJobs });
  const beat = createPacer(beatMs);
  const elapsed = createElapsed(clock);
  let timer: Timer | null = null;
  let stopWatching: () => void = () => undefined;

  /** The engine wrote to the registry. */
  function changed(): void {
    look.hurry();
    changes.notify();
  }

  /** Jobs that run go on whatever becomes of the registry; all else waits until it can be read and written. */
  function tick(): void {
    running.tick(elapsed());
    if (writes.isDue() && writes.attempt(workWithRegistry)) writes.recovered();
  }

  function workWithRegistry(): void {
    const now = clock.now();
    if (phase.is("standby") && !takeLease(now)) return;
    if (phase.is("taking-over")) takeOver();
    running.writeRest();
    if (isWorking()) workOnQueue(now);
  }

  function takeLease(now: number): boolean {
    if (scope === "awaited" && commands.awaitedJobs().size === 0) return false;
    if (lease.tryAcquire()) {
      phase.move("taking-over");
      return true;
    }
    // Whoever has the lease works only for jobs that somebody waits for: the desktop waits for every job.
    if (scope === "all" && beat.isDue(now)) commands.waitForAll();
    return false;
  }

  function takeOver(): void {
    commands.takeOver();
    requeueLeftJobs(registry);
    phase.move("working");
    void removeLeftovers(registry, home, isWorking).then(inputCache.trim);
    changed();
  }

  async function close(): Promise<void> {
    const ended = running.ended();
    if (phase.is("closing") || phase.is("closed")) return ended;
    phase.move("closing");
    stopTicking();
    const ticking = clock.setInterval(() => running.tick(tickMs), tickMs);
    const timeout = clock.setTimeout(() => running.stop("now"), closeTimeoutMs);
    running.stop("finish");
    await ended;
    // The registry is written by the promises' own handlers, which are queued behind these.
    await Promise.resolve();
    timeout.cancel();
    ticking.cancel();
    if (phase.is("closed")) return;
    writes.attempt(() => {
      running.writeRest();
      commands.stop();
    });
    phase.move("closed");
    pool.close();
    lease.close();
  }

  function stopTicking(): void {
    timer?.cancel();
    stopWatching();
  }

  return {
    start() {
      if (!phase.is("idle")) return;
      phase.move("standby");
      stopWatching = changes.watchOthers(look.hurry);
      timer = clock.setInterval(tick, tickMs);
      tick();
    },
    holdsLease: () => lease.isHeld(),
    isAnyoneAtWork: () => lease.isTaken(),
    wake: look.hurry,
    writeProblem: writes.problem,
    close,
    kill() {
      if (!phase.is("closed")) phase.move("closed");
      stopTicking();
      running.stop("now");
      pool.close();
      lease.close();
    },
  };
}

/** The time since the last call in which the machine was awake. */
function createElapsed(clock: Pick<Clock, "now">): () => number {
  let at = clock.now();
  return () => {
    const gapMs = clock.now() - at;
    at += gapMs;
    return gapMs > maxTickMs ? tickMs : gapMs;
  };
}
