import type { JobView } from "../../../electron/contract/nouns/job.ts";
import type { WaitingReason } from "../../../electron/contract/nouns/waiting-reason.ts";
import { isTerminal } from "../../../electron/contract/job-status.ts";
import type { Translate } from "../../locales/translate.ts";

/** How a state is coloured; its word and icon say the same. */
export type Tone = "quiet" | "active" | "success" | "warning" | "danger";

export function jobTone(job: Pick<JobView, "status" | "failed" | "problem">): Tone {
  switch (job.status) {
    case "Running":
    case "Preparing":
    case "Finalizing":
      return "active";
    case "Completed":
      return job.failed > 0 ? "warning" : "success";
    case "Failed":
      return "danger";
    case "Paused":
      // Paused by itself (a full disk), or by the user?
      return job.problem === null ? "quiet" : "warning";
    case "NotStarted":
    case "Queued":
    case "Canceled":
    case "CancelRequested":
      return "quiet";
  }
}

export function jobStateWord(job: Pick<JobView, "status" | "failed">, translate: Translate): string {
  return job.status === "Completed" && job.failed > 0
    ? translate("state.CompletedWithErrors", { count: job.failed })
    : translate(`state.${job.status}`);
}

/** True for a job that paused itself because its input is another one now: its user has to say how to go on. */
export function hasChangedInput(job: Pick<JobView, "status" | "problem">): boolean {
  return job.status === "Paused" && job.problem?.code === "input/changed";
}

/**
 * True while nothing of a job has begun, or its input is on its way: its headline says what it waits for, and a bar of
 * its items would stand still.
 */
export function waitsInHeadline(job: Pick<JobView, "status" | "succeeded" | "failed" | "waiting_for">): boolean {
  if (job.succeeded + job.failed > 0) return false;
  if (job.status === "Preparing") return job.waiting_for !== null && !isCounting(job.waiting_for);
  return job.status === "Queued" || job.status === "NotStarted";
}

/** How much of a job's files is sent or fetched; null: nothing is on its way, or how much there is is not known yet. */
export function transferOf({ waiting_for: waiting }: Pick<JobView, "waiting_for">): Transfer | null {
  return waiting !== null && "totalBytes" in waiting && waiting.totalBytes > 0 ? waiting : null;
}
type Transfer = Extract<WaitingReason, { readonly totalBytes: number }>;

/** Then its headline tells how many items there are so far. */
const isCounting = ({ kind }: WaitingReason): boolean => kind === "listing" || kind === "starting";

/** What may be asked of a job in its present state; how to go on over a changed input is asked where that is told. */
export function jobRequests(job: Pick<JobView, "status" | "problem" | "failed" | "base_reason">): {
  readonly pause: boolean;
  readonly resume: boolean;
  readonly cancel: boolean;
  readonly retryFailed: boolean;
} {
  const ended = isTerminal(job.status) || job.status === "CancelRequested";
  return {
    pause: !ended && job.status !== "Paused",
    resume: job.status === "Paused" && !hasChangedInput(job),
    cancel: !ended,
    // One that ended before it had tried everything is invoked again; what a retry left belongs to the job it retried.
    retryFailed:
      job.failed > 0 &&
      job.base_reason !== "retry-failed" &&
      (job.status === "Completed" || (job.status === "Failed" && job.problem?.code === "job/no-success")),
  };
}

/** Shares of a job's items, each 0 to 1, for its bar. While the total is unknown nothing can be said of what is left. */
export function jobShares(
  job: Pick<JobView, "total" | "total_known" | "succeeded" | "failed" | "skipped" | "status">,
): { readonly succeeded: number; readonly failed: number; readonly skipped: number; readonly known: boolean } {
  const total = Math.max(job.total, job.succeeded + job.failed + job.skipped);
  if (total === 0) return { succeeded: 0, failed: 0, skipped: 0, known: job.total_known };
  return {
    succeeded: job.succeeded / total,
    failed: job.failed / total,
    skipped: job.skipped / total,
    known: job.total_known || isTerminal(job.status),
  };
}

/** The time left as far as it means anything: a first guess between seconds and many minutes says nothing yet. */
export function knownTimeLeft(range: JobView["seconds_left"]): JobView["seconds_left"] {
  return range !== null && range.high > 60 && range.high > range.low * 4 ? null : range;
}

/** The last part of a path of either kind of system; the whole text when it has no parts. */
export function baseName(path: string): string {
  return (
    path
      .split(/[\\/]/)
      .filter((part) => part !== "")
      .at(-1) ?? path
  );
}
