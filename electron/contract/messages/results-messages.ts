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

/**
 * How a file of results is read. JSON lines name their columns in every row. Azure's own bytes have no header: cells of
 * a frame stand between spaces, those of an MLflow folder between commas. `lines`: each line is one cell.
 */
export const resultsFormatSchema = z.enum(["csv", "parquet", "jsonl", "azureml-frame", "azureml-mlflow", "lines"]);
export type ResultsFormat = z.infer<typeof resultsFormatSchema>;

/** A file of results as it can be read now. */
export const readableFileSchema = z.strictObject({
  file: z.string(),
  format: resultsFormatSchema,
  /** The columns where the file itself does not name them; those of JSON lines are else the keys of its first row. */
  columns: z.array(z.string()).optional(),
  /** How far it may be read; null when all of it. */
  lengthBytes: z.number().int().min(0).nullable(),
});
export type ReadableFile = Readonly<z.infer<typeof readableFileSchema>>;

export const toResultsProcessSchema = z.discriminatedUnion("type", [
  /** Rows `offset`..`offset + limit` of a file (unless Parquet also a `.part` file, up to `lengthBytes`). */
  readableFileSchema.extend({
    type: z.literal("page"),
    requestId: z.number().int(),
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
