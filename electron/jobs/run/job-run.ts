import fs from "node:fs";
import path from "node:path";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { BaseJobFiles } from "../../contract/nouns/base-job.ts";
import type { WorkerPool } from "../../compute/worker-pool.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/nouns/job-status.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import type { JobProgress } from "../../registry/jobs.repository.ts";
import { blockedBy, errnoOf, isDamage, outputGone } from "../folder/blocked.ts";
import type { InputCheck } from "../submit/check-input.ts";
import { needsInputCheck, startInputCheck } from "../submit/check-input.ts";
import type { Dispatching } from "../dispatch/dispatching.ts";
import { createDispatching } from "../dispatch/dispatching.ts";
import { overThreshold } from "./error-threshold.ts";
import { dropParts, finalizeFiles } from "./finalizing.ts";
import type { JobFiles } from "../folder/job-files.ts";
import { jobRecord } from "./job-record.ts";
import { openJobLog } from "../folder/job-log.ts";
import { describeEnd, logEnd, logTakingUp } from "./job-log-lines.ts";
import { jobWarnings } from "./job-warnings.ts";
import type { JobEnding } from "../journal/journal-facts.ts";
import type { Journal } from "../journal/journal.ts";
import { openJournal, setJournalAside } from "../journal/journal.ts";
import type { Merging } from "../merge/merging.ts";
import { createMerging } from "../merge/merging.ts";
import type { Planning } from "./planning.ts";
import { startPlanning } from "./planning.ts";
import { createRateMeter } from "./rate.ts";
import { isRetry } from "../folder/reuse.ts";
import { providersOf, withSession } from "../journal/sessions.ts";
import { instancesOf, workersPerInstance } from "../folder/instances.ts";
import { written } from "../../contract/problem.ts";
import { reuseSentence } from "../../contract/views/reuse-sentence.ts";

/**
 * One engine's work on one job, from wherever its journal stands to an end: planning, dispatching and merging run side
 * by side; when all is merged the files get their names.
 */
export type JobRun = {
  /** Settles once, when no process works on the job any more. */
  readonly ended: Promise<JobRunEnd>;
  readonly progress: () => JobProgress;
  readonly setSlots: (slots: number) => void;
  readonly workersInUse: () => number;
  /** Workers that it could use: all that it asked for while units are left, then those that still work. */
  readonly workersWanted: () => number;
  /** What holds it up although it has workers: its input is being listed, or no worker has been ready yet. */
  readonly hindrance: () => "listing" | "starting" | null;
  /** Time went by in which the machine was awake. Kills workers that ran out of it. */
  readonly tick: (elapsedMs: number) => void;
  /** Pause and hand over: `finish` what is in work (and a job at its very end), or `now`: every process is killed on return. */
  readonly stop: (how: "finish" | "now") => void;
  /** Ends the job for good; finished rows are kept in a partial file. */
  readonly cancel: () => void;
};

export type JobRunEnd =
  | JobEnding
  /** Stopped as asked, or for the reason in `note`; goes on later from its journal. */
  | { readonly kind: "stopped"; readonly note?: string }
  /** The disk or share does not let it go on now. */
  | { readonly kind: "blocked"; readonly problem: Problem };

export type JobRunContext = {
  readonly spec: JobSpec;
  readonly files: JobFiles;
  readonly epoch: number;
  readonly host: ProcessHost;
  readonly pool: WorkerPool;
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
};

/** Azure ML's own words for a job in which nothing succeeded. */
const noSuccess: Problem = written(
  "job/no-success",
  "There is no succeeded mini batch item returned from run().",
  "See errors.csv for what went wrong with each item.",
);

const saveActiveTimeMs = 2000;

const scoredAgain = "Some of its results are damaged on the disk; they are scored again.";

const nothingToScore: Problem = written(
  "input/empty",
  "The input holds nothing to score.",
  "Choose another folder or file.",
);

export function startJobRun(context: JobRunContext): Result<JobRun> {
  const { spec, files } = context;
  try {
    fs.mkdirSync(files.segments, { recursive: true });
  } catch (error) {
    return { ok: false, problem: problemOf(error, files.folder) };
  }
  const opened = openOrBeginAgain(files.folder);
  if (!opened.ok) return opened;
  const journal = opened.value;
  const missing = makeOutputFolder(spec.output.folder, journal.facts().errorsEnd > 0);
  try {
    if (missing === null) return success(runJob(context, journal));
  } catch (error) {
    journal.close();
    return { ok: false, problem: problemOf(error, files.folder) };
  }
  journal.close();
  return { ok: false, problem: missing };
}

/** A journal that cannot be read is put aside: all it knew can be found again, from the list of files and the scorer. */
function openOrBeginAgain(folder: string): Result<Journal> {
  try {
    const opened = openJournal(folder);
    if (opened.ok || opened.problem.code !== "registry/damaged") return opened;
    setJournalAside(folder);
    const again = openJournal(folder);
    if (again.ok) again.value.setFacts({ beganAgain: true });
    return again;
  } catch (error) {
    return { ok: false, problem: problemOf(error, folder) };
  }
}

/** Never makes a folder again that this job has written to: a disk that is away would be covered up by it. */
function makeOutputFolder(folder: string, wasThere: boolean): Problem | null {
  try {
    if (wasThere && !fs.existsSync(folder)) return outputGone(folder);
    fs.mkdirSync(folder, { recursive: true });
    return null;
  } catch (error) {
    return problemOf(error, folder);
  }
}

function runJob(context: JobRunContext, journal: Journal): JobRun {
  const { spec, files, host, pool, epoch } = context;
  const log = openJobLog(files.logs, spec.settings.logging_level);
  journal.recover();
  journal.setFacts({ engines: journal.facts().engines + 1 });
  // Summed once; from here on every change of the journal is a change of these.
  const totals = { ...journal.totals() };
  logTakingUp(log, journal.facts().engines, totals);
  if (journal.facts().beganAgain) log.warning("Its journal was damaged and is put aside: the job began again.");
  const meter = createRateMeter();
  const activeBeforeMs = journal.facts().activeMs;
  let activeMs = 0;
  const instancesBeforeMs = journal.facts().instanceMs;
  let instanceMs = 0;
  let savedActiveMs = 0;
  /** From the first worker that was ready to the last commit, by this engine: what the average rate is taken over. */
  const scoring = { fromMs: null as number | null, toMs: 0, items: 0 };
  let isEnding = false;
  let settle: (end: JobRunEnd) => void = () => undefined;
  const ended = new Promise<JobRunEnd>((resolve) => {
    settle = resolve;
  });

  const dispatching: Dispatching = createDispatching({
    spec,
    files,
    epoch,
    journal,
    pool,
    idleSeconds: context.idleSeconds,
    log,
    guarded,
    listener: {
      onCommitted(units) {
        for (const unit of units) {
          totals.succeeded += unit.succeeded;
          totals.failed += unit.failed;
          totals.unitsDone += 1;
          scoring.items += unit.succeeded + unit.failed;
        }
        scoring.toMs = performance.now();
        merging.advance();
        endIfDue();
      },
      onOpened({ provider, fallback, runtimeVersion }) {
        scoring.fromMs ??= performance.now();
        const sessions = withSession(journal.facts().sessions, provider, fallback);
        journal.setFacts({ provider: providersOf(sessions), runtimeVersion, sessions });
      },
      onStuck: (how, problem) => end({ kind: how, problem }),
      onWorkerDeath: () => journal.setFacts({ workerDeaths: journal.facts().workerDeaths + 1 }),
    },
  });

  const baseRows = context.base === null ? null : (context.base.convertedFile ?? context.base.rowsFile);
  const merging: Merging = createMerging({
    host,
    spec,
    journal,
    files,
    baseRows,
    guarded,
    listener: {
      onProblem: (problem) => end(endBy(problem)),
      onUndone({ units, succeeded, failed, reused }, cause) {
        log.warning(`The results of ${units.length} mini-batches are damaged on the disk; they are scored again.`);
        totals.succeeded -= succeeded;
        totals.failed -= failed;
        totals.reused -= reused;
        totals.unitsDone -= units.length;
        if (cause === "segment-gone") end({ kind: "stopped", note: scoredAgain });
        else dispatching.takeAgain(units);
      },
    },
  });

  let planning: Planning | null = null;
  let check: InputCheck | null = null;
  /** Workers that the engine grants, kept until the input was looked at. */
  let slots = 0;

  guarded(() => {
    const { ending } = journal.facts();
    if (ending !== null) {
      context.enter("Running");
      end(ending);
    } else if (context.isCancelRequested()) end({ kind: "canceled" });
    else if (!context.skipChanged && needsInputCheck(journal.facts(), totals, files.listing)) {
      check = startInputCheck(host, spec, files.listing, (problem) => {
        check = null;
        if (problem === null) guarded(work);
        else end(endBy(problem));
      });
    } else work();
  });

  function work(): void {
    if (!context.enter("Running")) {
      end({ kind: "stopped" });
      return;
    }
    if (!journal.facts().planned) planning = plan();
    guarded(() => dispatching.setSlots(slots));
    endIfDue();
  }

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      end(endBy(problemOf(error, files.folder)));
    }
  }

  function plan(): Planning {
    return startPlanning(host, spec, journal, files.listing, context.base, guarded, {
      onUnits(units, reused) {
        for (const unit of units) totals.planned += unit.items;
        totals.units += units.length;
        const done = new Set(reused.map(({ unitId }) => unitId));
        for (const { id, items } of units) {
          if (!done.has(id)) continue;
          totals.succeeded += items;
          totals.reused += items;
          totals.unitsDone += 1;
        }
        dispatching.fill();
        if (done.size > 0) merging.advance();
      },
      onPlanned() {
        const { files: listed, inputBytes, skipped } = journal.facts();
        log.info(
          `Planned: mini-batches ${totals.units}, items ${totals.planned}, files ${listed} (${inputBytes} bytes), skipped files ${skipped}.`,
        );
        if (spec.base !== null) log.info(`${reuseSentence(spec, totals)}.`);
        endIfDue();
      },
      onProblem: (problem) => end(endBy(problem)),
    });
  }

  /** Ends the job when too much failed, or when everything is planned and committed. */
  function endIfDue(): void {
    const { planned, listed, files: listedFiles, skipped, failedFiles } = journal.facts();
    const tooMuch = overThreshold(spec, {
      failedItems: totals.failed,
      failedFiles,
      totalItems: planned ? totals.planned + skipped : null,
      totalFiles: listed ? listedFiles + skipped : null,
    });
    if (tooMuch !== null) end({ kind: "failed", problem: tooMuch });
    else if (planned && totals.unitsDone === totals.units) {
      if (totals.units === 0) end({ kind: "failed", problem: nothingToScore });
      else if (totals.succeeded === 0 && spec.settings.output_action === "append_row")
        end({ kind: "failed", problem: noSuccess });
      else end({ kind: "completed" });
    }
  }

  /** The one way out, taken once: stop what runs, write what belongs to this end, close the journal. */
  function end(how: JobRunEnd, workers: "finish" | "now" = "now"): void {
    if (isEnding) return;
    isEnding = true;
    log.info(`Stopping: ${describeEnd(how)}`);
    // A settled promise, not a direct call: `end` may be reached while the parts above are still being made.
    void Promise.resolve()
      .then(async () => {
        check?.stop();
        planning?.stop();
        await dispatching.stop(how.kind === "completed" ? "finish" : workers);
        const reached = await conclude(how);
        saveActiveTime();
        return reached;
      })
      .catch((error: unknown) => endBy(problemOf(error, files.folder)))
      .then((reached) => {
        merging.stop();
        logEnd(log, reached, totals);
        log.close();
        closeJournal(reached);
        settle(reached);
      });
  }

  function closeJournal(reached: JobRunEnd): void {
    try {
      journal.close();
      if (reached.kind === "blocked" && reached.problem.code === "registry/damaged") setJournalAside(files.folder);
    } catch (error) {
      // What could not be moved from the log into the file stays in the log, and counts.
      if (errnoOf(error) === null) throw error;
    }
  }

  async function conclude(how: JobRunEnd): Promise<JobRunEnd> {
    if (how.kind === "stopped" || how.kind === "blocked") return how;
    const isDecided = journal.facts().ending !== null;
    if (how.kind === "completed" && !context.enter("Finalizing") && !isDecided) return { kind: "stopped" };
    saveActiveTime();
    const isComplete = how.kind === "completed";
    if (isRetry(spec) && !isComplete) {
      // The files of the job that it retries stay as they are.
      journal.setFacts({ ending: how });
      await dropParts(files);
      return how;
    }
    const hasRows = spec.settings.output_action === "append_row" && totals.succeeded > 0;
    const predictions = !hasRows
      ? null
      : isComplete
        ? { part: files.parquetPart ?? files.rowsPart, final: files.predictions }
        : { part: files.rowsPart, final: files.partialPredictions };
    // Recovery: an engine before this one had merged everything, so some files may have their final names already.
    const isThere = (file: string) => fs.existsSync(file);
    // From here on units may be passed over, so no engine may take the job up again as if it went on.
    if (!isComplete) journal.setFacts({ ending: how });
    const wasMerged =
      journal.facts().merged &&
      (isThere(files.errorsPart) || isThere(files.errors)) &&
      (predictions === null || isThere(predictions.part) || isThere(predictions.final));
    if (!wasMerged) {
      const merged = await merging.finish({ parquet: isComplete && hasRows, overGaps: !isComplete });
      if (merged === "stopped") return { kind: "stopped" };
      if (merged === "redo") {
        journal.setFacts({ ending: null, merged: false });
        return { kind: "stopped", note: scoredAgain };
      }
      if (merged !== "done") return unlessCompleting(how, merged.problem);
      journal.setFacts({ ending: how, merged: true });
    }
    const record = await jobRecord({
      spec,
      status: isComplete ? "Completed" : how.kind === "canceled" ? "Canceled" : "Failed",
      problem: how.kind === "failed" ? how.problem : null,
      journal,
      totals,
      predictionsFile: predictions === null ? null : path.basename(predictions.final),
      listingFile: files.listing,
      createdAt: context.createdAt,
      startedAt: context.startedAt,
      endedAt: new Date().toISOString(),
    });
    const refused = await finalizeFiles(files, { predictions, record, replaces: isRetry(spec) });
    if (refused !== null) return unlessCompleting(how, refused);
    if (isComplete && hasRows && files.parquetPart !== null) {
      const { size, mtimeMs } = fs.statSync(files.predictions);
      journal.setFacts({ parquet: { bytes: size, modifiedMs: mtimeMs } });
    }
    return how;
  }

  /** Only a job that completes, and that nobody has cancelled by now, waits until its files can be written. */
  async function unlessCompleting(how: JobEnding, problem: Problem): Promise<JobRunEnd> {
    if (how.kind === "completed" && !context.isCancelRequested()) return endBy(problem);
    await dropParts(files);
    return how.kind === "completed" ? { kind: "canceled" } : how;
  }

  function averageRate(): number {
    if (scoring.fromMs === null || scoring.items === 0) return 0;
    return (scoring.items * 1000) / Math.max(1, scoring.toMs - scoring.fromMs);
  }

  function saveActiveTime(): void {
    savedActiveMs = activeMs;
    journal.setFacts({ activeMs: activeBeforeMs + activeMs, instanceMs: instancesBeforeMs + instanceMs });
  }

  return {
    ended,
    progress() {
      const inWork = dispatching.itemsInWork();
      const { skipped, planned, provider } = journalFacts();
      const done = totals.succeeded + totals.failed + inWork.done;
      meter.add(activeMs, done - totals.reused);
      const left = totals.planned - done;
      return {
        total: totals.planned + skipped,
        totalKnown: planned,
        succeeded: totals.succeeded + inWork.done - inWork.failed,
        failed: totals.failed + inWork.failed,
        skipped,
        rate: isEnding ? averageRate() : meter.rate(),
        secondsLeft: planned && !isEnding ? meter.secondsLeft(left) : null,
        activeSeconds: (activeBeforeMs + activeMs) / 1000,
        workers: dispatching.workersInUse(),
        provider,
        waitingFor: null,
        warnings: jobWarnings(spec, journal.facts()),
        reused: totals.reused,
        instanceSeconds: (instancesBeforeMs + instanceMs) / 1000,
        stageMs: journal.facts().stageMs,
      };
    },
    setSlots(granted) {
      slots = granted;
      if (check === null) guarded(() => dispatching.setSlots(granted));
    },
    workersInUse: () => dispatching.workersInUse(),
    workersWanted() {
      if (isEnding) return 0;
      return !journal.facts().planned || dispatching.hasNext() ? spec.workers : dispatching.workersAtWork();
    },
    hindrance() {
      if (isEnding || scoring.fromMs !== null) return null;
      return totals.units === 0 ? "listing" : "starting";
    },
    tick(elapsedMs) {
      activeMs += elapsedMs;
      instanceMs += elapsedMs * instancesOf(dispatching.workersInUse(), workersPerInstance(spec.settings));
      guarded(() => {
        dispatching.tick(activeMs);
        if (!isEnding && activeMs - savedActiveMs > saveActiveTimeMs) saveActiveTime();
      });
    },
    stop(how) {
      if (how === "now") {
        check?.stop();
        planning?.stop();
        dispatching.kill();
        merging.stop();
      }
      end({ kind: "stopped" }, how);
    },
    cancel: () => end({ kind: "canceled" }),
  };

  function journalFacts() {
    return journal.facts();
  }
}

const passingProblems: readonly string[] = [
  "input/changed",
  "input/not-found",
  "input/unreadable",
  "output/no-space",
  "output/unwritable",
  "output/gone",
  "output/exists",
  "workspace/unusable",
  "registry/damaged",
];

/**
 * The job waits instead of failing: a full disk is emptied, a share that is gone may come back, and the files of a changed
 * input may be put back. A folder that holds nothing will not fill itself.
 */
export function isPassing(problem: Problem): boolean {
  return passingProblems.includes(problem.code);
}

/** Whether a problem makes a job wait or fail. */
export function endBy(problem: Problem): JobRunEnd {
  return { kind: isPassing(problem) ? "blocked" : "failed", problem };
}

/** An exception of the journal or the file system; any other is a bug, and ends the job rather than the engine. */
export function problemOf(error: unknown, place: string): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  if (isDamage(error)) {
    return written(
      "registry/damaged",
      `The journal of the job in ${place} is damaged.`,
      "The job begins again by itself; check the disk.",
    );
  }
  return (
    blockedBy(errnoOf(error), place) ??
    written(
      "engine/bug",
      `The job stopped on an error of Batchdeck's own: ${reason}`,
      "Report it; invoking the endpoint again may help.",
    )
  );
}
