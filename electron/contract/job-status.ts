import * as z from "zod";

/** Every state of a job, and the only list of them. Azure ML's words. */
export const jobStatuses = [
  "NotStarted",
  "Queued",
  "Preparing",
  "Running",
  "Finalizing",
  "Completed",
  "Failed",
  "Canceled",
  "Paused",
  "CancelRequested",
] as const;

export const jobStatusSchema = z.enum(jobStatuses);
export type JobStatus = z.infer<typeof jobStatusSchema>;

/**
 * The legal moves. A job that its engine left behind (killed, power lost) keeps its state; the next engine takes it up
 * from there, which is why Preparing, Running and Finalizing may move back to Queued.
 */
export const jobStatusMoves: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  NotStarted: ["Queued", "Failed", "CancelRequested"],
  Queued: ["Preparing", "Paused", "CancelRequested", "Failed"],
  Preparing: ["Running", "Queued", "Paused", "CancelRequested", "Failed"],
  Running: ["Finalizing", "Queued", "Paused", "CancelRequested", "Failed"],
  Finalizing: ["Completed", "Queued", "Paused", "CancelRequested", "Failed"],
  Paused: ["Queued", "CancelRequested", "Failed"],
  CancelRequested: ["Canceled", "Completed", "Failed"],
  Completed: [],
  Failed: [],
  Canceled: [],
};

export function mayMove(from: JobStatus, to: JobStatus): boolean {
  return jobStatusMoves[from].includes(to);
}

export function isTerminal(status: JobStatus): boolean {
  return jobStatusMoves[status].length === 0;
}
