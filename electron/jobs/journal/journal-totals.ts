import * as z from "zod";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";

/** Sums over all mini-batches. Each reads the whole table. */
export type TotalsQueries = {
  readonly totals: () => JournalTotals;
  readonly miniBatchCount: () => number;
  /** Attempts at mini-batches, finished or failed; those that died with their worker or engine are none. */
  readonly attempts: () => number;
};

export type JournalTotals = {
  readonly planned: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of `succeeded`: items whose rows were taken over from the base. */
  readonly reused: number;
  readonly miniBatchesDone: number;
  readonly miniBatches: number;
};

const totalsRowSchema = z.object({
  planned: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  reused: z.number(),
  mini_batches_done: z.number(),
  mini_batches: z.number(),
});

export function createTotalsQueries(database: SqliteDatabase): TotalsQueries {
  const selectTotals = database.prepare(`
    SELECT COALESCE(SUM(items), 0) AS planned, COALESCE(SUM(succeeded), 0) AS succeeded, COALESCE(SUM(failed), 0) AS failed,
      COALESCE(SUM(CASE WHEN segment = '${baseSegment}' THEN items END), 0) AS reused, COALESCE(SUM(state), 0) AS mini_batches_done,
      COUNT(*) AS mini_batches
    FROM units`);
  const selectAttempts = database
    .prepare("SELECT COALESCE(SUM(attempts - (giving_up IS NOT NULL AND state = 1)), 0) FROM units")
    .pluck();

  return {
    totals() {
      const row = totalsRowSchema.parse(selectTotals.get());
      return {
        planned: row.planned,
        succeeded: row.succeeded,
        failed: row.failed,
        reused: row.reused,
        miniBatchesDone: row.mini_batches_done,
        miniBatches: row.mini_batches,
      };
    },
    miniBatchCount: () => totalsRowSchema.parse(selectTotals.get()).mini_batches,
    attempts: () => selectAttempts.get() as number,
  };
}
