import fs from "node:fs";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import { type Problem, problemOf, type Result, success } from "../../contract/problem.ts";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { englishJobSentences } from "../../contract/sentences/job-sentences.ts";
import { sentenceOf } from "../../contract/sentences/sentences.ts";
import type { OutputClaim } from "../claim/output-claims.ts";
import { isRetry } from "../folder/base-files.ts";
import { errorProblem } from "../folder/error-problem.ts";
import { azureFolderOf } from "../folder/job-files.ts";
import { type JobLog, openJobLog } from "../folder/job-log.ts";
import type { JobEnding } from "../journal/journal-facts.ts";
import { standingFiles } from "../folder/written-file.ts";
import { describeEnd } from "../run/job-log-lines.ts";
import type { JobRun } from "../run/job-run.ts";
import { endBy, isForGood, type JobRunEnd } from "../run/wait-or-fail.ts";
import { type AzureFacts, type AzureJournal, openAzureJournal, removeLedgers } from "./azure-journal.ts";
import { azureProgress } from "./azure-progress.ts";
import type { AzureWorkEnd } from "./azure-runner.ts";
import { standingOf } from "./azure-statuses.ts";
import type { AzureRunContext } from "./azure-run-context.ts";
import { claimAzureOutput, unclaimed } from "./claim-azure-output.ts";
import { writeAzureResults } from "./write-azure-results.ts";

/**
 * One engine's work on one job in Azure, from wherever its journal stands: the runner takes it to the step `converting`, and here
 * our files are made of what Azure wrote. Uses no worker.
 */
export function startAzureRun(context: AzureRunContext): Result<JobRun> {
  const { spec, files } = context;
  try {
    fs.mkdirSync(files.folder, { recursive: true, mode: ownerOnly.folder });
    const journal = openAzureJournal(files.folder, spec.azure.input.kind === "upload" ? "hashing" : "submitting");
    const claim = claimOutput(context, journal.facts());
    if (!claim.ok) return claim;
    try {
      // Before anybody could put other files under the names of those.
      if (isRetry(spec) && journal.facts().replaced === null) journal.set({ replaced: standingFiles(files) });
      return success(runInAzure(context, journal, claim.value));
    } catch (error) {
      claim.value.end("kept");
      throw error;
    }
  } catch (error) {
    return { ok: false, problem: errorProblem(error, files.folder) };
  }
}

function claimOutput(context: AzureRunContext, facts: AzureFacts): Result<OutputClaim> {
  const claim = orProblem(() => claimAzureOutput(context, facts), context.files.folder);
  return claim.ok || !context.isCancelRequested() ? claim : success(unclaimed(claim.problem));
}

function orProblem<Value>(work: () => Result<Value>, place: string): Result<Value> {
  try {
    return work();
  } catch (error) {
    return { ok: false, problem: errorProblem(error, place) };
  }
}

function runInAzure(context: AzureRunContext, journal: AzureJournal, claim: OutputClaim): JobRun {
  const { spec, files, runner } = context;
  journal.set({ engines: journal.facts().engines + 1 });
  const log = openJobLog(files.logs, spec.settings.logging_level);
  log.info(`Engine ${journal.facts().engines} of this job (process ${process.pid}) takes it up.`);
  const work = runner.start({ spec, folder: files.folder, journal, azureFolder: azureFolderOf(spec) });
  /** Ends the making of our files. */
  const abort = new AbortController();
  let isRunning = false;
  let isConverting = false;
  let lost: Problem | null = null;
  let ended = false;
  const tellLog = createTeller(log);

  function doing(): WaitingReason | null {
    if (ended) return null;
    return isConverting ? { kind: "azure-converting" } : work.doing();
  }

  function enterRunning(): void {
    if (!isRunning) context.enter("Running");
    isRunning = true;
  }

  async function finish(end: AzureWorkEnd): Promise<JobRunEnd> {
    if (lost !== null) return endBy(lost);
    if (end.kind === "stopped") return { kind: "stopped" };
    const ending = endingOf(context, journal, end);
    if (!isForGood(ending)) return ending;
    isConverting = end.kind === "arrived";
    enterRunning();
    if (ending.kind === "completed") context.enter("Finalizing");
    return writeAzureResults({ ...context, journal, claim, signal: abort.signal }, ending);
  }

  const whole = work.ended
    .then(finish)
    .catch((error: unknown) => endBy(errorProblem(error, files.folder)))
    .then((reached) => {
      ended = true;
      claim.end(isForGood(reached) ? "free" : "kept");
      if (isForGood(reached)) void removeLedgers(files.folder);
      const line = describeEnd(reached);
      if (reached.kind === "failed" || reached.kind === "blocked") log.warning(line);
      else log.info(line);
      log.close();
      return reached;
    });
  claim.keepAlive((problem) => {
    lost = problem;
    work.stop();
    abort.abort();
  });
  if (context.isCancelRequested()) work.cancel();

  return {
    ended: whole,
    // Told once it has ended: a number that changes all the time would be written all the time.
    progress: () =>
      azureProgress(context.before, journal.facts(), {
        doing: doing(),
        seconds: ended ? secondsSinceBegin(context) : 0,
      }),
    setSlots: () => undefined,
    reached: () => work.reached(),
    workersInUse: () => 0,
    workersWanted: () => 0,
    waitingFor: () => null,
    tick() {
      const now = doing();
      if (now !== null) tellLog(now);
      const { status } = journal.facts();
      if (!ended && status !== null && standingOf(status).ours === "Running") enterRunning();
    },
    stop() {
      work.stop();
      abort.abort();
    },
    cancel: () => work.cancel(),
  };
}

function secondsSinceBegin({ startedAt, clock }: Pick<AzureRunContext, "startedAt" | "clock">): number {
  return Math.max(0, (Date.parse(clock.timestamp()) - Date.parse(startedAt)) / 1000);
}

/** How a job ended by its state in Azure; the files that Azure wrote may show another end. */
function endingOf(
  { spec, isCancelRequested }: Pick<AzureRunContext, "spec" | "isCancelRequested">,
  journal: AzureJournal,
  end: Exclude<AzureWorkEnd, { readonly kind: "stopped" }>,
): JobRunEnd {
  if (end.kind === "canceled") return { kind: "canceled" };
  if (end.kind === "problem") return endBy(end.problem);
  const { outcome, name } = journal.facts();
  const job = name ?? spec.azure.jobName;
  switch (outcome?.end) {
    case "completed":
      return { kind: "completed" };
    case "canceled":
      if (isCancelRequested()) return { kind: "canceled" };
      return failed(problemOf("azure/job-canceled", { job }));
    default:
      return failed(problemOf("azure/job-failed", { job, reason: outcome?.reason ?? "" }));
  }
}

function failed(problem: Problem): JobEnding {
  return { kind: "failed", problem };
}

/** Writes what the job does to its log, once each; how much of it is done it leaves out. */
function createTeller(log: JobLog): (doing: WaitingReason) => void {
  let told = "";
  return (doing) => {
    const key = `${doing.kind} ${"status" in doing ? doing.status : ""}`;
    if (key === told) return;
    told = key;
    log.info(sentenceOf(englishJobSentences.waiting, doing));
  };
}
