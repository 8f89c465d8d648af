import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/nouns/job-status.ts";
import type { JobProgress, JobsRepository } from "../../registry/jobs.repository.ts";
import type { JobRunEnd } from "../run/job-run.ts";
import { isRetry } from "../folder/reuse.ts";
import { englishWords } from "../../contract/words/english-problems.ts";

/** States in which an engine works on a job. */
export const workedOn: readonly JobStatus[] = ["Preparing", "Running", "Finalizing"];

/** What the history says of a job whose pause was asked for. */
export const handedOver = "Handed over.";

/** Whether a run that ends like this ends its job for good. */
export function isOver(end: JobRunEnd): boolean {
  return end.kind === "completed" || end.kind === "failed" || end.kind === "canceled";
}

/** Writes to the registry how a run of a job ended. `last` is its last progress, `note` why it handed over: what it waits for now, or `handedOver`. */
export function writeEnd(
  jobs: JobsRepository,
  spec: JobSpec,
  end: JobRunEnd,
  facts: { readonly last: JobProgress | null; readonly note: string | null },
): void {
  const { name, workers } = spec;
  const { last } = facts;
  const over = isOver(end);
  const standstill = { workers: over ? workers : 0, rate: over ? (last?.rate ?? 0) : 0, secondsLeft: null };
  const progress = last === null ? {} : { progress: { ...last, ...standstill } };
  const ended = { ...progress, request: null, endedAt: new Date().toISOString() };
  // Who resumed the job before its pause was done wants it to go on.
  const isPauseAsked = jobs.find(name)?.request === "pause";
  // The files of a job that has ended are there: a request to cancel that came after that is too late.
  switch (end.kind) {
    case "completed":
      jobs.move(name, ["Finalizing", "CancelRequested"], "Completed", "", {
        ...ended,
        // In one transaction: either both jobs stand on the new files, or neither does yet.
        ...(isRetry(spec) && spec.base !== null ? { retried: spec.base.job } : {}),
      });
      return;
    case "failed":
      jobs.move(name, [...workedOn, "CancelRequested"], "Failed", englishWords(end.problem).message, {
        ...ended,
        problem: end.problem,
      });
      return;
    case "canceled":
      jobs.move(name, ["CancelRequested"], "Canceled", "", ended);
      return;
    case "blocked":
      jobs.move(name, workedOn, "Paused", englishWords(end.problem).message, {
        ...progress,
        request: null,
        problem: isPauseAsked ? null : end.problem,
      });
      return;
    case "stopped":
      if (isPauseAsked) jobs.move(name, workedOn, "Paused", "", { ...progress, request: null });
      else {
        // Whoever sees the job queued again sees at once what it waits for.
        const waitingFor = facts.note === handedOver ? null : facts.note;
        jobs.move(name, workedOn, "Queued", end.note ?? facts.note ?? handedOver, { ...progress, waitingFor });
      }
      return;
  }
}
