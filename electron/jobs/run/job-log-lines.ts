import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { problemSentence } from "../../contract/words/english-problems.ts";
import type { JobLog } from "../folder/job-log.ts";
import type { JournalFacts } from "../journal/journal-facts.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";
import type { JobRunEnd } from "./wait-or-fail.ts";
import { reuseSentence } from "../../contract/views/reuse-sentence.ts";

export function logTakingUp(log: JobLog, engines: number, totals: JournalTotals): void {
  const done = `${totals.miniBatchesDone} of ${totals.miniBatches} mini-batches planned so far are done`;
  log.info(`Engine ${engines} of this job (process ${process.pid}) takes it up: ${done}.`);
}

export function logPlanned(log: JobLog, spec: JobSpec, facts: JournalFacts, totals: JournalTotals): void {
  const { files, inputBytes, skipped } = facts;
  log.info(
    `Planned: mini-batches ${totals.miniBatches}, items ${totals.planned}, files ${files} (${inputBytes} bytes), skipped files ${skipped}.`,
  );
  if (spec.base !== null) log.info(`${reuseSentence(spec, totals)}.`);
}

export function logEnd(log: JobLog, reached: JobRunEnd, totals: JournalTotals): void {
  const counts = `${totals.succeeded} items succeeded, ${totals.failed} failed, ${totals.miniBatchesDone} of ${totals.miniBatches} mini-batches are done.`;
  const line = `${describeEnd(reached)} ${counts}`;
  if (reached.kind === "failed" || reached.kind === "blocked") log.warning(line);
  else log.info(line);
}

/** How a run ends, in words. */
export function describeEnd(how: JobRunEnd): string {
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
