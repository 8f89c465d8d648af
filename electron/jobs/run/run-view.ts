import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { Dispatching } from "../dispatch/dispatching.ts";
import type { Merging } from "../merge/merging.ts";
import type { Journal } from "../journal/journal.ts";
import type { JobTotals } from "./job-totals.ts";
import { jobWarnings } from "./job-warnings.ts";
import { type AverageRate, createRateMeter } from "./rate.ts";
import type { WorkTimes } from "./work-times.ts";
import type { JobProgress } from "../../registry/job-row.ts";

/** What can be seen of a job that is run. */
export type RunView = {
  readonly progress: () => JobProgress;
  /** Grows with every mini-batch that is planned, done or merged. */
  readonly reached: () => number;
  readonly workersInUse: () => number;
  /** Workers that it could use: all that it asked for while mini-batches are left, then those that still work. */
  readonly workersWanted: () => number;
  /** What it waits for although it has workers: its input is being listed, or no worker has been ready yet. */
  readonly waitingFor: () => WaitingReason | null;
};

export function createRunView(run: {
  readonly spec: JobSpec;
  readonly journal: Pick<Journal, "facts">;
  readonly totals: Pick<JobTotals, "current">;
  readonly times: Pick<WorkTimes, "activeMs" | "seconds">;
  readonly average: Pick<AverageRate, "hasStarted" | "rate">;
  readonly dispatching: Pick<Dispatching, "itemsInWork" | "workersInUse" | "workersAtWork" | "hasNext">;
  readonly merging: Pick<Merging, "writing">;
  /** It is ending, or has ended. */
  readonly isOver: () => boolean;
  /** Runs what may meet a damaged journal, and ends the run on an exception. */
  readonly guarded: (work: () => void) => void;
}): RunView {
  const { spec, journal, totals, times, average, dispatching, merging, isOver, guarded } = run;
  const meter = createRateMeter();
  return {
    progress() {
      const inWork = dispatching.itemsInWork();
      const facts = journal.facts();
      const { succeeded, failed, notANumber, planned, reused } = totals.current();
      const { active, instances } = times.seconds();
      const done = succeeded + failed + inWork.done;
      meter.add(times.activeMs(), done - reused);
      return {
        total: planned + facts.skipped,
        totalKnown: facts.planned,
        succeeded: succeeded + inWork.done - inWork.failed,
        failed: failed + inWork.failed,
        skipped: facts.skipped,
        notANumber,
        rate: isOver() ? average.rate() : meter.rate(),
        secondsLeft: facts.planned && !isOver() ? meter.secondsLeft(planned - done) : null,
        activeSeconds: active,
        workers: dispatching.workersInUse(),
        provider: facts.provider,
        waitingFor: null,
        writing: merging.writing(),
        warnings: jobWarnings(spec, facts),
        reused,
        instanceSeconds: instances,
        stageMs: facts.stageMs,
        azure: null,
      };
    },
    reached() {
      const { miniBatches, miniBatchesDone } = totals.current();
      return miniBatches + miniBatchesDone + journal.facts().mergedUnits;
    },
    workersInUse: () => dispatching.workersInUse(),
    workersWanted() {
      let hasNext = false;
      guarded(() => {
        hasNext = !isOver() && (!journal.facts().planned || dispatching.hasNext());
      });
      if (isOver()) return 0;
      return hasNext ? spec.workers : dispatching.workersAtWork();
    },
    waitingFor() {
      if (isOver() || average.hasStarted()) return null;
      return { kind: totals.current().miniBatches === 0 ? "listing" : "starting" };
    },
  };
}
