import type { Problem } from "../../contract/problem.ts";
import type { JobLog } from "../folder/job-log.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";

/** How a run of a job ends: see `JobRunEnd`. */
type RunEnd =
  | { readonly kind: "completed" | "canceled" | "stopped" }
  | { readonly kind: "failed" | "blocked"; readonly problem: Problem };

export function logTakingUp(log: JobLog, engines: number, totals: JournalTotals): void {
  const done = `${totals.unitsDone} of ${totals.units} mini-batches planned so far are done`;
  log.info(`Engine ${engines} of this job (process ${process.pid}) takes it up: ${done}.`);
}

export function logEnd(log: JobLog, reached: RunEnd, totals: JournalTotals): void {
  const counts = `${totals.succeeded} items succeeded, ${totals.failed} failed, ${totals.unitsDone} of ${totals.units} mini-batches are done.`;
  const line = `${describeEnd(reached)} ${counts}`;
  if (reached.kind === "failed" || reached.kind === "blocked") log.warning(line);
  else log.info(line);
}

/** How a run ends, in words. */
export function describeEnd(how: RunEnd): string {
  switch (how.kind) {
    case "completed":
      return "Completed.";
    case "canceled":
      return "Cancelled.";
    case "stopped":
      return "Paused or handed over.";
    case "blocked":
      return `Waits: ${problemSentence(how.problem)}`;
    case "failed":
      return `Failed: ${problemSentence(how.problem)}`;
  }
}
