import type { JobStatus } from "../../contract/job-status.ts";

/** Where a job in Azure stands, as far as it matters here. */
type Standing = {
  /** Our own word for it; of a job that has ended in Azure, our files are still to be made. */
  readonly ours: Extract<JobStatus, "Preparing" | "Running">;
  /** How it ended; null: it has not. */
  readonly end: "completed" | "failed" | "canceled" | null;
};

const preparing: Standing = { ours: "Preparing", end: null };
const running: Standing = { ours: "Running", end: null };

/** Every status that Azure's interface names, in lower case: it spells them in one case or another. */
const standings: Readonly<Record<string, Standing>> = {
  notstarted: preparing,
  starting: preparing,
  provisioning: preparing,
  preparing,
  queued: preparing,
  running,
  finalizing: running,
  cancelrequested: running,
  notresponding: running,
  paused: running,
  unknown: running,
  completed: { ours: "Running", end: "completed" },
  failed: { ours: "Running", end: "failed" },
  canceled: { ours: "Running", end: "canceled" },
};

/** What Azure's word means. One that is not known means that the job goes on: only Azure's own three words end it. */
export function standingOf(status: string): Standing {
  const word = status.toLowerCase();
  return Object.hasOwn(standings, word) ? (standings[word] ?? running) : running;
}
