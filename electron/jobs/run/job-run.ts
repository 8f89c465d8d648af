import fs from "node:fs";
import { createPhase, type PhaseMoves } from "../../compute/phase.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { type Result, success } from "../../contract/problem.ts";
import { claimantOf } from "../claim/claimant.ts";
import type { OutputClaim } from "../claim/output-claims.ts";
import { errnoOf, outputGone } from "../folder/blocked.ts";
import { outputFolderMode } from "../folder/output-folder-mode.ts";
import { errorProblem } from "../folder/error-problem.ts";
import { openJobLog } from "../folder/job-log.ts";
import { type Journal, openJournal, setAside } from "../journal/journal.ts";
import { needsInputCheck, startInputCheck } from "../submit/check-input.ts";
import { claimOutput } from "./claim-output.ts";
import { writeEnding } from "./write-ending.ts";
import { dueEnding } from "./ending.ts";
import { describeEnd, logEnd, logTakingUp } from "./job-log-lines.ts";
import { createJobTotals } from "./job-totals.ts";
import { createAverageRate } from "./rate.ts";
import { endBy, isForGood, type JobRunEnd } from "./wait-or-fail.ts";
import { createRunView, type RunView } from "./run-view.ts";
import { createScoring, type JobRunContext } from "./scoring.ts";
import { createWorkTimes } from "./work-times.ts";

/**
 * One engine's work on one job, from wherever its journal stands to an end: planning, dispatching and merging run side
 * by side; when all is merged the files get their names.
 */
export type JobRun = RunView & {
  /** Settles once, when no process works on the job any more. */
  readonly ended: Promise<JobRunEnd>;
  readonly setSlots: (slots: number) => void;
  /** Time went by in which the machine was awake. Kills workers that ran out of it. */
  readonly tick: (elapsedMs: number) => void;
  /** Pause and hand over: `finish` what is in work (and a job at its very end), or `now`: every process is killed on return. */
  readonly stop: (how: "finish" | "now") => void;
  /** Ends the job for good; finished rows are kept in a partial file. */
  readonly cancel: () => void;
};

/**
 * | phase    | what it does                                           | moves to | when                                       |
 * |----------|--------------------------------------------------------|----------|--------------------------------------------|
 * | opening  | sums up the journal                                    | checking | an earlier engine had listed the input     |
 * |          |                                                        | working  | this is the first, or changes are accepted |
 * |          |                                                        | ending   | the end is decided, or the job cancelled   |
 * | checking | compares the input with its listing; nobody works yet  | working  | it is as it was                            |
 * |          |                                                        | ending   | it has changed; any reason to end          |
 * | working  | plans, dispatches and merges, side by side             | ending   | all is done; any reason to end             |
 * | ending   | stops what runs, writes the files, closes the journal  | ended    | that is done, or cannot be done now        |
 * | ended    | nothing                                                |          |                                            |
 *
 * Reasons to end: too much failed, a problem, a cancel, a pause, a hand-over. The first one counts; see ending.ts. Workers
 * have two seconds to finish what they hold when the job is handed over, and none when it ends.
 */
export type JobRunPhase = "opening" | "checking" | "working" | "ending" | "ended";

export const jobRunMoves: PhaseMoves<JobRunPhase> = {
  opening: ["checking", "working", "ending"],
  checking: ["working", "ending"],
  working: ["ending"],
  ending: ["ended"],
  ended: [],
};

export function startJobRun(context: JobRunContext): Result<JobRun> {
  const { folder, segments } = context.files;
  try {
    fs.mkdirSync(segments, { recursive: true, mode: ownerOnly.folder });
    // Made here, where what the disk refuses is said of the job's own folder.
    claimantOf(context.files, context.spec.name);
    const begun = openAndRun(context);
    if (begun.ok || begun.problem.code !== "registry/damaged") return begun;
    // All that the journal knew can be found again, from the list of files and the scorer.
    setAside(folder, "journal");
    return openAndRun(context);
  } catch (error) {
    return { ok: false, problem: errorProblem(error, folder) };
  }
}

function openAndRun(context: JobRunContext): Result<JobRun> {
  const { files } = context;
  const opened = openJournal(files.folder);
  if (!opened.ok) return opened;
  const journal = opened.value;
  let claim: OutputClaim | null = null;
  try {
    const output = prepareOutput(context, journal);
    if (!output.ok) {
      journal.close();
      return output;
    }
    claim = output.value;
    return success(runJob(context, journal, claim));
  } catch (error) {
    claim?.end("kept");
    journal.close();
    return { ok: false, problem: errorProblem(error, files.folder) };
  }
}

/** Never makes a folder again that this job has written to: a disk that is away would be covered up by it. */
function prepareOutput(context: JobRunContext, journal: Journal): Result<OutputClaim> {
  const { folder } = context.spec.output;
  try {
    const wasThere = journal.facts().errorsEnd > 0;
    if (wasThere && !fs.existsSync(folder)) return { ok: false, problem: outputGone(folder) };
    fs.mkdirSync(folder, { recursive: true, mode: outputFolderMode(context.home, folder) });
    return claimOutput(context, journal);
  } catch (error) {
    return { ok: false, problem: errorProblem(error, folder) };
  }
}

function runJob(context: JobRunContext, journal: Journal, claim: OutputClaim): JobRun {
  const { spec, files, host, clock } = context;
  const { log, totals } = takeUp(context, journal);
  const phase = createPhase("The run of a job", jobRunMoves, "opening");
  const times = createWorkTimes(spec, journal);
  const average = createAverageRate(clock);
  /** The process that checks the input, then the one that plans. */
  let helper: { readonly stop: () => void } | null = null;
  /** Workers that the engine grants: none is used before the input is checked. */
  let slots = 0;
  let settle: (end: JobRunEnd) => void = () => undefined;
  const ended = new Promise<JobRunEnd>((resolve) => {
    settle = resolve;
  });
  const isOver = () => phase.is("ending") || phase.is("ended");
  const parts = { context, journal, log, totals, average };
  const { dispatching, merging, plan } = createScoring({ ...parts, guarded, end, endIfDue });

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      end(endBy(errorProblem(error, files.folder)));
    }
  }

  function open(): void {
    const { ending } = journal.facts();
    if (ending !== null) {
      context.enter("Running");
      end(ending);
    } else if (context.isCancelRequested()) end({ kind: "canceled" });
    else if (context.skipChanged || !needsInputCheck(journal.facts(), totals.current(), files.listing)) work();
    else check();
  }

  function check(): void {
    phase.move("checking");
    helper = startInputCheck(host, spec, files.listing, (problem) => {
      helper = null;
      if (problem !== null) end(endBy(problem));
      else if (phase.is("checking")) guarded(work);
    });
  }

  function work(): void {
    if (!context.enter("Running")) {
      end({ kind: "stopped" });
      return;
    }
    phase.move("working");
    helper = journal.facts().planned ? null : plan();
    guarded(() => dispatching.setSlots(slots));
    endIfDue();
  }

  function endIfDue(): void {
    const due = dueEnding(spec, totals.current(), journal.facts());
    if (due !== null) end(due);
  }

  /** The one way out, taken once. */
  function end(how: JobRunEnd, workers: "finish" | "now" = "now"): void {
    if (isOver()) return;
    phase.move("ending");
    log.info(`Stopping: ${describeEnd(how)}`);
    // A settled promise, not a direct call: `end` may be reached while the parts above are still being made.
    void Promise.resolve()
      .then(async () => {
        helper?.stop();
        await dispatching.stop(how.kind === "completed" ? "finish" : workers);
        const run = { ...context, journal, merging, claim, totals: totals.current, saveTimes: times.save };
        const reached = await writeEnding(run, how);
        times.save();
        return reached;
      })
      .catch((error: unknown) => endBy(errorProblem(error, files.folder)))
      .then((reached) => {
        phase.move("ended");
        merging.stop();
        claim.end(isForGood(reached) ? "free" : "kept");
        logEnd(log, reached, totals.current());
        log.close();
        closeJournal(journal, reached, files.folder);
        settle(reached);
      });
  }

  claim.keepAlive((problem) => end(endBy(problem)));
  guarded(open);

  return {
    ...createRunView({ spec, journal, totals, times, average, dispatching, merging, isOver, guarded }),
    ended,
    setSlots(granted) {
      slots = granted;
      if (!phase.is("checking")) guarded(() => dispatching.setSlots(granted));
    },
    tick(elapsedMs) {
      times.add(elapsedMs, dispatching.workersInUse());
      guarded(() => {
        dispatching.tick(times.activeMs());
        if (!isOver()) times.saveIfDue();
      });
    },
    stop(how) {
      if (how === "now") {
        helper?.stop();
        dispatching.kill();
        merging.stop();
      }
      end({ kind: "stopped" }, how);
    },
    cancel: () => end({ kind: "canceled" }),
  };
}

/** Opens the job's log and journal for this engine's work: what an earlier one had claimed is free again. */
function takeUp({ spec, files }: JobRunContext, journal: Journal) {
  const log = openJobLog(files.logs, spec.settings.logging_level);
  journal.recover();
  journal.setFacts({ engines: journal.facts().engines + 1 });
  const first = journal.totals();
  logTakingUp(log, journal.facts().engines, first);
  if (journal.facts().beganAgain) log.warning("Its journal was damaged and is put aside: the job began again.");
  if (journal.facts().listedAgain) log.warning("Its list of files was damaged and is put aside: the job began again.");
  return { log, totals: createJobTotals(first) };
}

function closeJournal(journal: Journal, reached: JobRunEnd, folder: string): void {
  try {
    if (isForGood(reached)) journal.closeFinished();
    else journal.close();
    if (reached.kind === "blocked" && reached.problem.code === "registry/damaged") {
      setAside(folder, reached.problem.kind === "registry/damaged:listing" ? "listing" : "journal");
    }
  } catch (error) {
    // What could not be moved from the log into the file stays in the log, and counts.
    if (errnoOf(error) === null && errorProblem(error, folder).code !== "registry/damaged") throw error;
  }
}
