import * as z from "zod";
import { itemFilesRecordSchema } from "../tables/item-file-records.ts";
import { scriptColumnSchema } from "./script-columns.ts";

/** Files that cells name: in which folder, and in which cells of a row of the predictions their paths stand, as those are written. */
export const baseItemFilesSchema = z.strictObject({
  folder: z.string(),
  cells: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("separated"),
      separator: z.enum([",", " "]),
      columns: z.array(z.number().int().min(0)),
    }),
    z.strictObject({ kind: z.literal("json"), keys: z.array(z.string()) }),
  ]),
});
export type BaseItemFiles = Readonly<z.infer<typeof baseItemFilesSchema>>;

/**
 * The finished job that a job takes rows over from, as the data process needs it: where its files are. Everything in them
 * is checked against its journal before a byte is taken over.
 */
export const baseJobFilesSchema = z.strictObject({
  /** A retry scores the files that the base listed; an incremental job lists the input anew. */
  reason: z.enum(["retry-failed", "incremental"]),
  journalFile: z.string(),
  listingFile: z.string(),
  /** Its predictions. */
  rowsFile: z.string(),
  errorsFile: z.string(),
  /** Whether each item that succeeded has a row; otherwise only whole mini-batches are taken over. */
  isRowAnItem: z.boolean(),
  /** How a record of the predictions ends: at a line feed outside quotes, or at every line feed. */
  records: z.enum(["quoted", "lines"]),
  /**
   * Where its rows are written first when its predictions are no text that could be copied: those of Parquet as CSV, those
   * of a script as its workers wrote them. Null for predictions that are text.
   */
  convertedFile: z.string().nullable(),
  /** The folder with the records of a script's workers, which hold its rows before they were put under a header; else null. */
  recordsFolder: z.string().nullable(),
  /** Null: its rows name no files. */
  itemFiles: baseItemFilesSchema.nullable(),
});
export type BaseJobFiles = Readonly<z.infer<typeof baseJobFilesSchema>>;

/** Stands in a journal where the name of a segment would: the record is a piece of the base's predictions. */
export const baseSegment = "base";

/** A mini-batch of which no item is scored: all its rows are these bytes of the base's predictions (or of its converted file). */
export const reusedMiniBatchSchema = z.strictObject({
  miniBatchId: z.number().int().min(0),
  offset: z.number().int().min(0),
  rowsBytes: z.number().int().min(0),
  /** The first 16 hexadecimal digits of the SHA-256 of those bytes. */
  checksum: z.string().length(16),
  /** The files that those rows name, as they are in the folder of the base. */
  itemFiles: itemFilesRecordSchema.nullable(),
  /** Of a script's rows; null for the built-in scorers. */
  columns: z.array(scriptColumnSchema).readonly().nullable(),
  /** Items with a score that is NaN or infinite. */
  notANumber: z.number().int().min(0),
  /** How many rows they are. */
  rows: z.number().int().min(0),
});
export type ReusedMiniBatch = Readonly<z.infer<typeof reusedMiniBatchSchema>>;
