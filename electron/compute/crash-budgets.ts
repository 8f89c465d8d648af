import { outsideSignals } from "../contract/processes/outside-signals.ts";
import type { ProcessExit } from "./process-host.ts";

/**
 * How often processes may crash before something is given up. A crash is the process's own fault, or it may have been
 * caused from outside: by an operating system short of memory, or by a person. The latter says little about the work, so
 * more of them are allowed.
 */
export type CrashCause = "own" | "outside";

/** With `own: 3`, the third crash is the one too many. */
export type CrashBudget = Readonly<Record<CrashCause, number>>;

/**
 * Every crash budget of jobs: what it counts, what resets the count, and why it is as large as it is. A plain number makes
 * no difference between the causes.
 */
export const crashBudgets = {
  /**
   * Counts: crashes of a helper process (planning, merging, comparing) that is started again each time; causes apart.
   * Reset by: a step of it that succeeded.
   * Why: the same step on the same data crashes the same way; the third crash shows that the first was no accident.
   */
  helper: { own: 3, outside: 10 },

  /**
   * Counts: workers of a job that crashed, or ran out of time, before they were ready; causes apart.
   * Reset by: a worker of the job that became ready.
   * Why: nothing was worked on yet, so the model or the script is at fault, and another start would not help.
   */
  workerStart: { own: 3, outside: 10 },

  /**
   * Counts: the own crashes of `workerStart` while a device other than the CPU is in use.
   * Reset by: a worker that became ready, and by the change to the CPU, which then has all of `workerStart`.
   * Why: fewer than `workerStart`, so that a bad driver costs the job its device and not its life.
   */
  workerStartOnDevice: 2,

  /**
   * Counts: init() of a script that raised an exception, for each worker that the job asked for. The process lives.
   * Reset by: a worker that became ready.
   * Why: Azure ML tries as often.
   */
  scriptInitPerWorker: 3,

  /**
   * Counts: different single items in a row that killed workers.
   * Reset by: an item that succeeded.
   * Why: a model that crashes on some items is worth going on with; one that crashes on each is not.
   */
  deadlyItems: 3,

  /**
   * Counts: workers that crashed between two mini-batches; both causes together, the last one decides the limit.
   * Reset by: a mini-batch that was committed.
   * Why: no item can be blamed for these, so the only purpose is that the job ends at some time.
   */
  betweenMiniBatches: { own: 10, outside: 50 },

  /**
   * Counts: crashes in one mini-batch that named no items; both causes together, the last one decides. Journalled.
   * Reset by: a crash in that mini-batch that does name items, or a probe of it that came through.
   * Why: there is nothing to narrow down, so the mini-batch is given up whole.
   */
  namelessOfMiniBatch: { own: 5, outside: 20 },

  /**
   * Counts: crashes in a row with the same item alone in the range. Journalled.
   * Reset by: a crash with other items, or a probe that came through.
   * Why: two is the least that tells an item that kills from a worker that was killed by chance.
   */
  singleItem: 2,

  /**
   * Counts: crashes of full runs of a mini-batch although every probe of it came through. Journalled.
   * Reset by: a deadly item that was found, and by runs that were made smaller.
   * Why: each one costs a search, and after three the size of the runs is the likely reason (memory).
   */
  fullRuns: 3,
} as const satisfies Readonly<Record<string, CrashBudget | number>>;

/** The operating system short of memory, or a person, may have ended it: not necessarily the work. */
export function crashCause(exit: ProcessExit): CrashCause {
  return outsideSignals.includes(exit.signal) ? "outside" : "own";
}

/** Counts the crashes in a row of a process that is started again each time, each cause apart. */
export type CrashCounter = {
  /** `spent`: starting it once more makes no sense. */
  readonly add: (cause: CrashCause) => "left" | "spent";
  readonly count: (cause: CrashCause) => number;
  /** It did something useful, so that the counting begins again; with a cause, for crashes of that cause alone. */
  readonly reset: (cause?: CrashCause) => void;
};

export function createCrashCounter(budget: CrashBudget): CrashCounter {
  const counts = { own: 0, outside: 0 };
  return {
    add(cause) {
      counts[cause] += 1;
      return counts.own >= budget.own || counts.outside >= budget.outside ? "spent" : "left";
    },
    count: (cause) => counts[cause],
    reset(cause) {
      if (cause !== "outside") counts.own = 0;
      if (cause !== "own") counts.outside = 0;
    },
  };
}
