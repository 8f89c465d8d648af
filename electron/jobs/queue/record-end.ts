import type { JobNote } from "../../contract/nouns/job-note.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/job-status.ts";
import type { JobsRepository } from "../../registry/jobs.repository.ts";
import { isForGood, type JobRunEnd } from "../run/wait-or-fail.ts";
import { isRetry } from "../folder/base-files.ts";
import type { JobProgress } from "../../registry/job-row.ts";

/** States in which an engine works on a job. */
export const workedOn: readonly JobStatus[] = ["Preparing", "Running", "Finalizing"];

/** Why a running job hands over: a pause was asked for, or it has to wait again. */
export type HandOver = Extract<JobNote, { readonly kind: "handed-over" | "waiting" }>;

/** Writes to the registry how a run of a job ended. `last` is its last progress, `handOver` why it was asked to hand over, `at` now. */
export function recordEnd(
  jobs: JobsRepository,
  spec: JobSpec,
  end: JobRunEnd,
  facts: { readonly last: JobProgress | null; readonly handOver: HandOver | null; readonly at: string },
): void {
  const { name } = spec;
  // Those of a job in Azure are not known here.
  const workers = spec.azure === undefined ? spec.workers : 0;
  const { last } = facts;
  const over = isForGood(end);
  const standstill = { workers: over ? workers : 0, rate: over ? (last?.rate ?? 0) : 0, secondsLeft: null };
  const progress = last === null ? {} : { progress: { ...last, ...standstill } };
  const ended = { ...progress, request: null, endedAt: facts.at };
  // Who resumed the job before its pause was done wants it to go on.
  const isPauseAsked = jobs.find(name)?.request === "pause";
  // The files of a job that has ended are there: a request to cancel that came after that is too late.
  switch (end.kind) {
    case "completed":
      // Its run went on while the registry could not be told how far it was.
      jobs.move(name, ["Preparing"], "Running", null);
      jobs.move(name, ["Running"], "Finalizing", null);
      jobs.move(name, ["Finalizing", "CancelRequested"], "Completed", null, {
        ...ended,
        // In one transaction: either both jobs stand on the new files, or neither does yet.
        ...(isRetry(spec) && spec.base !== null ? { retried: spec.base.job } : {}),
      });
      return;
    case "failed":
      jobs.move(
        name,
        [...workedOn, "CancelRequested"],
        "Failed",
        { kind: "problem", problem: end.problem },
        {
          ...ended,
          problem: end.problem,
        },
      );
      return;
    case "canceled":
      jobs.move(name, ["CancelRequested"], "Canceled", null, ended);
      return;
    case "blocked":
      jobs.move(
        name,
        workedOn,
        "Paused",
        { kind: "problem", problem: end.problem },
        {
          ...progress,
          request: null,
          problem: isPauseAsked ? null : end.problem,
        },
      );
      return;
    case "stopped":
      if (isPauseAsked) jobs.move(name, workedOn, "Paused", null, { ...progress, request: null });
      else {
        // Whoever sees the job queued again sees at once what it waits for.
        const waitingFor = facts.handOver?.kind === "waiting" ? facts.handOver.reason : null;
        const note = end.note ?? facts.handOver ?? { kind: "handed-over" };
        jobs.move(name, workedOn, "Queued", note, { ...progress, waitingFor });
      }
      return;
  }
}
