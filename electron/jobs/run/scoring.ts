import type { Clock } from "../../compute/clock.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { WorkerPool } from "../../compute/worker-pool.ts";
import type { FromWorker } from "../../contract/messages/worker-messages.ts";
import type { BaseJobFiles } from "../../contract/nouns/base-job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/job-status.ts";
import type { OutputClaims } from "../claim/output-claims.ts";
import { createDispatching, type Dispatching } from "../dispatch/dispatching.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { JobLog } from "../folder/job-log.ts";
import type { Journal } from "../journal/journal.ts";
import { providersOf, withSession } from "../journal/sessions.ts";
import { createMerging, type Merging } from "../merge/merging.ts";
import { logPlanned } from "./job-log-lines.ts";
import type { JobTotals } from "./job-totals.ts";
import { type Planning, startPlanning } from "./planning.ts";
import type { AverageRate } from "./rate.ts";
import { endBy, type JobRunEnd } from "./wait-or-fail.ts";

export type JobRunContext = {
  readonly spec: JobSpec;
  /** Of the workspace. */
  readonly home: string;
  readonly files: JobFiles;
  readonly epoch: number;
  readonly host: ProcessHost;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly claims: OutputClaims;
  readonly idleSeconds: number;
  readonly createdAt: string;
  readonly startedAt: string;
  /** Goes on over an input that has changed: what is still to do of changed files fails. */
  readonly skipChanged: boolean;
  /** Where the rows are that it takes over; null for a job that scores everything. */
  readonly base: BaseJobFiles | null;
  /** Tells the registry how far the job is; false when it must not go on (somebody cancelled it meanwhile). */
  readonly enter: (status: Extract<JobStatus, "Running" | "Finalizing">) => boolean;
  readonly isCancelRequested: () => boolean;
  /** Tells the registry that the job's files are in that folder of the output folder. */
  readonly noteOwnFolder: (name: string) => void;
};

/** The three that work on a job side by side. */
export type Scoring = {
  readonly dispatching: Dispatching;
  readonly merging: Merging;
  /** Starts planning; the other two wait until there is something to do. */
  readonly plan: () => Planning;
};

/** What each of them reports changes the totals, and is passed to the others. */
export function createScoring(run: {
  readonly context: JobRunContext;
  readonly journal: Journal;
  readonly log: JobLog;
  readonly totals: JobTotals;
  readonly average: AverageRate;
  /** Runs what a message leads to, and ends the run on an exception. */
  readonly guarded: (work: () => void) => void;
  readonly end: (how: JobRunEnd) => void;
  /** Ends the run if everything is done, or too much failed. */
  readonly endIfDue: () => void;
}): Scoring {
  const { context, journal, log, totals, average, guarded, end, endIfDue } = run;
  const { spec, files, host, base, clock } = context;
  const dispatching: Dispatching = createDispatching({
    ...{ spec, files, journal, log, guarded, clock },
    epoch: context.epoch,
    pool: context.pool,
    idleSeconds: context.idleSeconds,
    listener: {
      onCommitted(miniBatches) {
        totals.addCommitted(miniBatches);
        average.addItems(miniBatches.reduce((items, { succeeded, failed }) => items + succeeded + failed, 0));
        merging.advance();
        endIfDue();
      },
      onOpened(opened) {
        average.start();
        noteSession(journal, opened);
      },
      onStuck: (how, problem) => end({ kind: how, problem }),
      onWorkerDeath: () => journal.setFacts({ workerDeaths: journal.facts().workerDeaths + 1 }),
    },
  });
  const baseRows = base === null ? null : (base.convertedFile ?? base.rowsFile);
  const merging: Merging = createMerging({
    ...{ host, spec, files, journal, baseRows, baseItemFiles: base?.itemFiles ?? null, guarded, clock },
    listener: {
      onProblem: (problem) => end(endBy(problem)),
      onUndone(undone, cause) {
        log.warning(
          `The results of ${undone.miniBatches.length} mini-batches are damaged on the disk; they are scored again.`,
        );
        totals.takeBack(undone);
        if (cause === "segment-gone") end({ kind: "stopped", note: { kind: "scored-again" } });
        else dispatching.takeAgain(undone.miniBatches);
      },
    },
  });
  const plan = (): Planning =>
    startPlanning(host, spec, journal, files.listing, base, guarded, {
      onMiniBatches(miniBatches, reused) {
        totals.addPlanned(miniBatches, reused);
        dispatching.fill();
        if (reused.length > 0) merging.advance();
      },
      onPlanned() {
        logPlanned(log, spec, journal.facts(), totals.current());
        endIfDue();
      },
      onProblem: (problem) => end(endBy(problem)),
    });
  return { dispatching, merging, plan };
}

type OpenedJob = Extract<FromWorker, { readonly type: "job-opened" }>;

function noteSession(journal: Journal, { provider, fallback, runtimeVersion }: OpenedJob): void {
  const sessions = withSession(journal.facts().sessions, provider, fallback);
  journal.setFacts({ provider: providersOf(sessions), runtimeVersion, sessions });
}
