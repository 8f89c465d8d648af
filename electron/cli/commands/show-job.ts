import path from "node:path";
import type { JobView } from "../../contract/nouns/job.ts";
import { isTerminal } from "../../contract/job-status.ts";
import type { Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import type { CommandContext } from "../terminal/command.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { jobJson, jobLines } from "../text/job-report.ts";
import { jobColumns } from "../text/job-text.ts";
import { showOne } from "../terminal/show.ts";
import { problemOf } from "../../contract/problem.ts";

/** Prints one job: as it was asked for, or the sentences that say how it stands, its facts and its history. */
export function showJob(context: CommandContext, job: JobView): Result<number> {
  const { terminal, workspace } = context;
  if (terminal.print !== null) return showOne(context, jobJson(job), jobColumns);
  const places = { output: outputOf(context, job), logs: scriptLogsOf(context, job) };
  terminal.result(jobLines(job, places, workspace.jobs.history(job.name)));
  return success(exitCodes.done);
}

function scriptLogsOf({ workspace }: CommandContext, job: JobView): string | null {
  if (job.azure !== null || workspace.jobs.spec(job.name)?.scorer.kind !== "script") return null;
  return workspace.jobs.scriptLogs(job.name);
}

/** The file that the rows are in or will be in; of a job that ended early the partial one, null when there is none. */
function outputOf({ workspace }: CommandContext, job: JobView): string | null {
  const hasRows = workspace.jobs.spec(job.name)?.settings.output_action !== "summary_only";
  if (hasRows && (job.status === "Completed" || !isTerminal(job.status))) {
    return path.join(job.output_path, job.output_file);
  }
  return workspace.jobs.readable(job.name).predictions?.file ?? null;
}

/** What an engine wrote about a job holds as long as one is at work. When none is, it is said here how matters stand. */
export function asTheyAre({ workspace }: CommandContext, jobs: readonly JobView[]): readonly JobView[] {
  const seemsAtWork = (job: JobView) => ["Preparing", "Running", "Finalizing"].includes(job.status);
  const waits = (job: JobView) => job.status === "Queued";
  if (!jobs.some((job) => seemsAtWork(job) || waits(job)) || workspace.engine.isAnyoneAtWork()) return jobs;
  const isPaused = workspace.queue.isPaused();
  return jobs.map((job) =>
    waits(job) && !isPaused
      ? { ...job, waiting_for: { kind: "no-engine", job: job.name } }
      : seemsAtWork(job)
        ? {
            ...job,
            waiting_for: null,
            rate: 0,
            seconds_left: null,
            workers: 0,
            problem: problemOf("job/interrupted", { job: job.name }),
          }
        : job,
  );
}
