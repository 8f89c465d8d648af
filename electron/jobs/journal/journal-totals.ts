import * as z from "zod";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import { fileDamage, stored } from "../../registry/rows/damage.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";

/** Sums over all mini-batches. Each reads the whole table. */
export type TotalsQueries = {
  /** Throws Damage when a mini-batch is missing, or one that is done does not count as many items as it has. */
  readonly totals: () => JournalTotals;
  readonly miniBatchCount: () => number;
  /** Attempts at mini-batches, finished or failed; those that died with their worker or engine are none. */
  readonly attempts: () => number;
};

export type JournalTotals = {
  readonly planned: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of `succeeded`: items with a score that is NaN or infinite. */
  readonly notANumber: number;
  /** Of `succeeded`: items whose rows were taken over from the base. */
  readonly reused: number;
  readonly miniBatchesDone: number;
  readonly miniBatches: number;
};

const totalsRowSchema = z.object({
  planned: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  not_a_number: z.number(),
  reused: z.number(),
  mini_batches_done: z.number(),
  mini_batches: z.number(),
  numbered: z.number(),
  miscounted: z.number(),
});

export function createTotalsQueries(database: SqliteDatabase): TotalsQueries {
  const selectTotals = database.prepare(`
    SELECT COALESCE(SUM(items), 0) AS planned, COALESCE(SUM(succeeded) FILTER (WHERE state = 1), 0) AS succeeded,
      COALESCE(SUM(failed) FILTER (WHERE state = 1), 0) AS failed,
      COALESCE(SUM(not_a_number) FILTER (WHERE state = 1), 0) AS not_a_number,
      COALESCE(SUM(items) FILTER (WHERE state = 1 AND segment = '${baseSegment}'), 0) AS reused,
      COUNT(*) FILTER (WHERE state = 1) AS mini_batches_done, COUNT(*) AS mini_batches, COALESCE(MAX(id) + 1, 0) AS numbered,
      COUNT(*) FILTER (WHERE state NOT IN (0, 1) OR items < 0 OR (state = 1 AND succeeded + failed IS NOT items)) AS miscounted
    FROM units`);
  const selectAttempts = database
    .prepare("SELECT COALESCE(SUM(attempts - (giving_up IS NOT NULL AND state = 1)), 0) FROM units")
    .pluck();

  function readTotals(): z.infer<typeof totalsRowSchema> {
    const row = stored(totalsRowSchema, selectTotals.get(), database.name);
    if (row.numbered !== row.mini_batches || row.miscounted > 0) throw fileDamage(database.name);
    return row;
  }

  return {
    totals() {
      const row = readTotals();
      return {
        planned: row.planned,
        succeeded: row.succeeded,
        failed: row.failed,
        notANumber: row.not_a_number,
        reused: row.reused,
        miniBatchesDone: row.mini_batches_done,
        miniBatches: row.mini_batches,
      };
    },
    miniBatchCount: () => readTotals().mini_batches,
    attempts: () => selectAttempts.get() as number,
  };
}
