import * as z from "zod";

/**
 * What is said to the results process (electron/outputs/results-process.ts), which reads predictions, errors and the
 * records of mini-batches, also while the job still writes them.
 */
export const resultsPageSchema = z.strictObject({
  columns: z.array(z.string()),
  /** Cells as text, one array a row. */
  rows: z.array(z.array(z.string())),
  /** Rows that can be read now; null while unknown. */
  totalRows: z.number().int().min(0).nullable(),
});
export type ResultsPage = Readonly<z.infer<typeof resultsPageSchema>>;

export const toResultsProcessSchema = z.discriminatedUnion("type", [
  /** Rows `offset`..`offset + limit` of a CSV (also a `.part` file, up to `lengthBytes`) or Parquet file. */
  z.strictObject({
    type: z.literal("page"),
    requestId: z.number().int(),
    file: z.string(),
    format: z.enum(["csv", "parquet"]),
    lengthBytes: z.number().int().min(0).nullable(),
    offset: z.number().int().min(0),
    limit: z.number().int().min(1).max(500),
  }),
  /** Records `offset`..`offset + limit` of a job's mini-batches, from its journal, also while the engine writes there. */
  z.strictObject({
    type: z.literal("mini-batches"),
    requestId: z.number().int(),
    journalFile: z.string(),
    offset: z.number().int().min(0),
    limit: z.number().int().min(1).max(500),
  }),
]);
export type ToResultsProcess = Readonly<z.infer<typeof toResultsProcessSchema>>;

export const fromResultsProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("page"), requestId: z.number().int(), page: resultsPageSchema }),
  z.strictObject({ type: z.literal("failed"), requestId: z.number().int(), message: z.string() }),
]);
export type FromResultsProcess = Readonly<z.infer<typeof fromResultsProcessSchema>>;
