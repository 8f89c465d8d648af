import { type Clock, systemClock } from "../../compute/clock.ts";
import { createPhase, type PhaseMoves } from "../../compute/phase.ts";
import type { WorkerPool } from "../../compute/worker-pool.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem } from "../../contract/problem.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { JobLog } from "../folder/job-log.ts";
import type { Journal } from "../journal/journal.ts";
import { createMiniBatchClaims } from "./mini-batch-claims.ts";
import { createDeviceInUse } from "./device-in-use.ts";
import { createJobBudgets } from "./job-budgets.ts";
import { createMiniBatchOutcomes } from "./mini-batch-outcomes.ts";
import { createMiniBatchQueue } from "./mini-batch-queue.ts";
import { takeDeath } from "./worker-deaths.ts";
import { type DispatchingListener, takeReport } from "./worker-reports.ts";
import { createWorkerSlots } from "./worker-slots.ts";
import type { MiniBatchToDo } from "../journal/to-do-table.ts";

/**
 * Gives a job's mini-batches to workers and takes their commits. Every claim ends on each way that does not commit it: a
 * failed attempt, a probe, a crash, a timeout, a stop.
 *
 * | phase    | what it does                                              | moves to | when                            |
 * |----------|-----------------------------------------------------------|----------|---------------------------------|
 * | open     | gives mini-batches to workers, opens more of them         | stuck    | a crash budget is spent, the disk is full, a script is refused |
 * |          |                                                           | stopping | `stop`                          |
 * | stuck    | gives nothing more, still takes commits                   | stopping | `stop`                          |
 * | stopping | workers finish what they hold, for two seconds at most    | stopped  | the last worker is gone         |
 * | stopped  | nothing                                                   |          |                                 |
 *
 * The phases of a worker: worker-slot.ts. Crash budgets: job-budgets.ts.
 */
export type DispatchingPhase = "open" | "stuck" | "stopping" | "stopped";

export const dispatchingMoves: PhaseMoves<DispatchingPhase> = {
  open: ["stuck", "stopping"],
  stuck: ["stopping"],
  stopping: ["stopped"],
  stopped: [],
};

export type Dispatching = {
  /** There may be new mini-batches in the journal, or more workers may be used. */
  readonly fill: () => void;
  /**
   * How many workers may work on this job from now on. Those above it get nothing new, have two seconds for what they
   * hold, and go back to the pool; what they could not finish returns to the queue, uncounted and unsuspected.
   */
  readonly setSlots: (slots: number) => void;
  /** Kills workers that ran out of time. `activeMs`: a clock that stands still while the machine sleeps. */
  readonly tick: (activeMs: number) => void;
  readonly workersInUse: () => number;
  /** Of those, the ones that hold mini-batches. */
  readonly workersAtWork: () => number;
  /** Items of mini-batches in work that are done but not committed yet. */
  readonly itemsInWork: () => { readonly done: number; readonly failed: number };
  /** These were done and are to do again. */
  readonly takeAgain: (miniBatches: readonly MiniBatchToDo[]) => void;
  /** There are mini-batches that no worker holds. */
  readonly hasNext: () => boolean;
  /** `finish`: lets workers end what they hold, for two seconds at most; `now`: kills them. Gives workers back to the pool. */
  readonly stop: (how: "finish" | "now") => Promise<void>;
  /** Kills every worker at once, before it returns. */
  readonly kill: () => void;
};

export type DispatchingContext = {
  readonly spec: JobSpec;
  readonly files: JobFiles;
  readonly epoch: number;
  readonly journal: Journal;
  readonly pool: WorkerPool;
  readonly idleSeconds: number;
  readonly log: JobLog;
  /** Runs what a message or a death leads to, and sees to exceptions. */
  readonly guarded: (work: () => void) => void;
  readonly listener: DispatchingListener;
  readonly clock?: Clock;
};

export function createDispatching(context: DispatchingContext): Dispatching {
  const { spec, files, epoch, journal, pool, idleSeconds, log, guarded, listener, clock = systemClock } = context;
  const phase = createPhase("The dispatching of a job", dispatchingMoves, "open");
  const queue = createMiniBatchQueue(journal);
  const claims = createMiniBatchClaims(spec, journal, queue, log);
  const outcomes = createMiniBatchOutcomes(spec, journal, log);
  const device = createDeviceInUse(spec, log);
  const budgets = createJobBudgets(spec, files, device);
  let maxSlots = 0;

  const slots = createWorkerSlots({
    ...{ spec, files, epoch, pool, idleSeconds, log, clock },
    onMessage: (slot, message) =>
      guarded(() => {
        const reported = takeReport(parts, slot, message);
        if (reported.kind === "stuck") stuck(reported.how, reported.problem);
        if (reported.kind === "noted") return;
        fill();
        slots.settle();
      }),
    onDeath: (slot, exit) =>
      guarded(() => {
        const problem = takeDeath(parts, slot, exit);
        if (problem !== null) stuck("failed", problem);
        fill();
      }),
  });
  const parts = { spec, files, claims, outcomes, device, budgets, slots, log, listener };

  function fill(): void {
    if (!phase.is("open")) return;
    for (const slot of slots.staying()) {
      if (slot.phase.is("ready") && slot.departure === null) claims.give(slot, slots.nowMs());
    }
    while (needsAnotherWorker()) slots.open(device.current());
  }

  /**
   * A worker for each mini-batch that nobody has, not for each that is allowed: a process costs more than a small one. The
   * first worker loads the model while the first mini-batches are still being cut.
   */
  function needsAnotherWorker(): boolean {
    const staying = slots.staying();
    if (staying.length >= maxSlots) return false;
    const isFirst = staying.length === 0 && !journal.facts().planned;
    return isFirst || queue.hasMoreThan(staying.filter((slot) => slot.phase.is("starting")).length);
  }

  function stuck(how: "failed" | "blocked", problem: Problem): void {
    if (!phase.is("open")) return;
    phase.move("stuck");
    listener.onStuck(how, problem);
  }

  return {
    fill,
    setSlots(count) {
      if (count !== maxSlots) log.debug(`May use ${count} workers from now on, after ${maxSlots}.`);
      maxSlots = count;
      slots.keep(count);
      fill();
    },
    tick: slots.tick,
    workersInUse: () => slots.all().length,
    workersAtWork: () => slots.all().filter((slot) => slot.claimed.length > 0).length,
    itemsInWork() {
      const scoring = slots.all().filter((slot) => slot.claimed[0]?.kind === "score");
      return {
        done: scoring.reduce((sum, slot) => sum + slot.itemsDone, 0),
        failed: scoring.reduce((sum, slot) => sum + slot.itemsFailed, 0),
      };
    },
    takeAgain(miniBatches) {
      queue.takeAgain(miniBatches);
      fill();
    },
    hasNext: () => queue.hasMoreThan(0),
    async stop(how) {
      if (phase.is("open") || phase.is("stuck")) phase.move("stopping");
      await slots.stop(how);
      if (phase.is("stopping")) phase.move("stopped");
    },
    kill: slots.kill,
  };
}
