import fs from "node:fs";
import Database from "better-sqlite3";
import * as z from "zod";
import { journalFile } from "./journal.ts";

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

const rowSchema = z.object({
  id: z.number(),
  items: z.number(),
  files: z.number(),
  first_file: z.string(),
  state: z.number(),
  claimed: z.number(),
  attempts: z.number(),
  given_up: z.number(),
  worker: z.string().nullable(),
  worker_pid: z.number().nullable(),
  succeeded: z.number().nullable(),
  failed: z.number().nullable(),
  started_at: z.number().nullable(),
  duration_ms: z.number().nullable(),
  process_ms: z.number().nullable(),
  infer_ms: z.number().nullable(),
  smallest_run: z.number().nullable(),
});

const pageRows = 500;

/** The records of a job in pages, in input order; none when nothing of it was planned yet. The journal is only read. */
export function* miniBatchPages(jobFolder: string): Generator<readonly MiniBatchRecord[]> {
  const file = journalFile(jobFolder);
  if (!fs.existsSync(file)) return;
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    const select = database.prepare(`
      SELECT id, items, json_array_length(parts) AS files, json_extract(parts, '$[0].file') AS first_file, state, claimed,
        attempts, giving_up IS NOT NULL AS given_up, worker, worker_pid, succeeded, failed, started_at, duration_ms,
        process_ms, infer_ms, smallest_run
      FROM units WHERE id > ? ORDER BY id LIMIT ${pageRows}`);
    for (let after = -1; ; ) {
      const rows = select.all(after).map((row) => rowSchema.parse(row));
      const last = rows[rows.length - 1];
      if (last === undefined) return;
      after = last.id;
      yield rows.map(recordOf);
    }
  } finally {
    database.close();
  }
}

function recordOf(row: z.infer<typeof rowSchema>): MiniBatchRecord {
  const isDone = row.state === 1;
  const givenUp = row.given_up === 1;
  const status = isDone ? (givenUp ? "given up" : "done") : row.claimed === 1 ? "in work" : "waiting";
  // What records a unit as failed is no attempt at it; neither is one that is not over.
  const attempts = row.attempts - (givenUp && isDone ? 1 : 0) - row.claimed;
  return {
    mini_batch: row.id + 1,
    status,
    first_file: row.first_file,
    files: row.files,
    attempts,
    worker: row.worker,
    pid: row.worker_pid,
    total_items: row.items,
    succeeded_items: row.succeeded,
    failed_items: row.failed,
    started_at: row.started_at === null ? null : new Date(row.started_at).toISOString(),
    duration_ms: rounded(row.duration_ms),
    process_ms: rounded(row.process_ms),
    run_ms: rounded(row.infer_ms),
    smallest_run: row.smallest_run,
  };
}

function rounded(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}
