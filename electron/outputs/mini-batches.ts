import { codeOf } from "../contract/errno.ts";
import type { MiniBatchRecord } from "../contract/views/mini-batch.ts";
import fs from "node:fs";
import * as z from "zod";
import type { ResultsPage } from "../contract/messages/results-messages.ts";
import { fileDamage, stored } from "../registry/rows/damage.ts";
import { connect, type SqliteDatabase } from "../registry/open-database.ts";

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

/**
 * The records of a job, given its journal, in pages and in input order; none when nothing of it was planned yet. The
 * journal is only read. Throws Damage when it is not as it was written.
 */
export function* miniBatchPages(journalFile: string): Generator<readonly MiniBatchRecord[]> {
  if (!fs.existsSync(journalFile)) return;
  const database = connect(journalFile, { readonly: true });
  try {
    for (let from = 0; ; from += pageRows) {
      const records = orDamage(journalFile, () => recordsFrom(database, from, pageRows));
      if (records.length === 0) return;
      yield records;
    }
  } finally {
    database.close();
  }
}

const shownColumns = [
  "mini_batch",
  "status",
  "first_file",
  "files",
  "total_items",
  "failed_items",
  "attempts",
  "duration_ms",
  "run_ms",
  "started_at",
  "pid",
] as const satisfies readonly (keyof MiniBatchRecord)[];

/** The records `offset` to `offset + limit` of a job's mini-batches as a page of text; what is not known is empty. */
export function readMiniBatchPage(request: {
  readonly journalFile: string;
  readonly offset: number;
  readonly limit: number;
}): ResultsPage {
  const { journalFile, offset, limit } = request;
  if (!fs.existsSync(journalFile)) return { columns: [...shownColumns], rows: [], totalRows: 0 };
  const database = connect(journalFile, { readonly: true });
  try {
    return orDamage(journalFile, () => {
      const records = recordsFrom(database, offset, limit);
      const max = database.prepare("SELECT max(id) FROM units").pluck().get();
      const last = stored(z.number().nullable(), max, journalFile);
      return {
        columns: [...shownColumns],
        rows: records.map((record) => shownColumns.map((column) => String(record[column] ?? ""))),
        totalRows: last === null ? 0 : last + 1,
      };
    });
  } finally {
    database.close();
  }
}

/** Mini-batches are numbered from 0 without gaps, so that a place in the list is a number in the journal. */
function recordsFrom(database: SqliteDatabase, from: number, limit: number): readonly MiniBatchRecord[] {
  const select = database.prepare(`
    SELECT id, items, json_array_length(parts) AS files, json_extract(parts, '$[0].file') AS first_file, state, claimed,
      attempts, giving_up IS NOT NULL AS given_up, worker, worker_pid, succeeded, failed, started_at, duration_ms,
      process_ms, infer_ms, smallest_run
    FROM units WHERE id >= ? ORDER BY id LIMIT ?`);
  return select.all(from, limit).map((row) => recordOf(stored(rowSchema, row, database.name)));
}

/** Whatever SQLite finds wrong with the content of a journal, also where a text is no JSON, is damage of it. */
function orDamage<Value>(journalFile: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!/^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(codeOf(error))) throw error;
    throw fileDamage(journalFile);
  }
}

function recordOf(row: z.infer<typeof rowSchema>): MiniBatchRecord {
  const isDone = row.state === 1;
  const givenUp = row.given_up === 1;
  const status = isDone ? (givenUp ? "given up" : "done") : row.claimed === 1 ? "in work" : "waiting";
  // What records a mini-batch as failed is no attempt at it; neither is one that is not over.
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
