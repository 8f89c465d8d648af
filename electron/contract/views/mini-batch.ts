/**
 * The record of one mini-batch (or of one slice of a big file), with the facts that Azure ML logs of each: who worked on
 * it, how often it was tried, what was in it and how long it took.
 */
export type MiniBatchRecord = {
  /** From 1, in input order. */
  readonly mini_batch: number;
  readonly status: "waiting" | "in work" | "done" | "given up";
  readonly first_file: string;
  readonly files: number;
  /** Attempts that finished or failed. */
  readonly attempts: number;
  readonly worker: string | null;
  readonly pid: number | null;
  readonly total_items: number;
  readonly succeeded_items: number | null;
  readonly failed_items: number | null;
  readonly started_at: string | null;
  readonly duration_ms: number | null;
  /** Of the processor. */
  readonly process_ms: number | null;
  /** Within the runs of the model: what Azure ML calls the time of the run method. */
  readonly run_ms: number | null;
  /** Rows of the smallest run that a shortage of memory made necessary. */
  readonly smallest_run: number | null;
};
