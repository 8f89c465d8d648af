import * as z from "zod";

/** A file as it was written. */
export const writtenFileSchema = z.strictObject({
  /** Which one it is, whatever its name: `device:inode`. */
  id: z.string(),
  bytes: z.number().int().min(0),
  /** When it was last written to, in nanoseconds of the file system's own time. */
  modified: z.string(),
});
export type WrittenFile = Readonly<z.infer<typeof writtenFileSchema>>;

/** What stood under a job's final names before it had written anything; null: nothing. */
export const standingFilesSchema = z.strictObject({
  predictions: writtenFileSchema.nullable(),
  errors: writtenFileSchema.nullable(),
  record: writtenFileSchema.nullable(),
});
export type StandingFiles = Readonly<z.infer<typeof standingFilesSchema>>;

/** The files that a job's output is made in, before they get their final names. */
export const writtenPartsSchema = z.strictObject({
  rows: writtenFileSchema,
  errors: writtenFileSchema,
  /** Null until it is made, and for jobs that make none. */
  parquet: writtenFileSchema.nullable(),
});
export type WrittenParts = Readonly<z.infer<typeof writtenPartsSchema>>;
