import * as z from "zod";
import { baseItemFilesSchema } from "../nouns/base-job.ts";
import { itemFolders } from "../nouns/scorers/item-files.ts";
import { jobSpecSchema } from "../nouns/job-spec.ts";
import { scriptColumnSchema } from "../nouns/script-columns.ts";
import { itemFilesRecordSchema } from "../tables/item-file-records.ts";
import { writtenFileSchema, writtenFoldersSchema, writtenPartsSchema } from "../nouns/written-file.ts";

/**
 * What is said to the merge process (electron/jobs/merge/merge-process.ts): it copies committed records from segments to the
 * job's `.part` files in input order, and turns them into Parquet at the end. Every write names its position and is a
 * pure function of the journal, so doing one twice, or by a process whose engine is gone, changes nothing.
 */
export const mergeRecordSchema = z.strictObject({
  segmentFile: z.string(),
  offset: z.number().int().min(0),
  rowsBytes: z.number().int().min(0),
  errorsBytes: z.number().int().min(0),
  checksum: z.string().length(16),
  /** The files that its cells name, in the file that `segmentFile` has for them; null: none. */
  itemFiles: itemFilesRecordSchema.nullable(),
  /** Its rows are those of a base: so are the files that they name. */
  base: baseItemFilesSchema.nullable(),
  /** Of a script's rows: their columns by name, in order. Null: the rows are copied as they are. */
  columns: z.array(z.string()).nullable(),
});
export type MergeRecord = Readonly<z.infer<typeof mergeRecordSchema>>;

/** CRC-32 of all that is merged into each file, its header included. */
export const partChecksSchema = z.strictObject({ rows: z.number().int(), errors: z.number().int() });
export type PartChecks = Readonly<z.infer<typeof partChecksSchema>>;

export const toMergeProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("open"),
    spec: jobSpecSchema,
    rowsPart: z.string(),
    errorsPart: z.string(),
    /** The folders of item files that are made, and where. They begin anew, and all is merged again. */
    itemFolders: z.array(z.strictObject({ name: z.enum(itemFolders), part: z.string() })),
    /** What an earlier process had merged; null when nothing was, or nobody knows its checks. */
    merged: z
      .strictObject({ rowsEnd: z.number().int(), errorsEnd: z.number().int(), checks: partChecksSchema })
      .nullable(),
    /** Which files those were by the journal. What lies there now and is another file goes: the folder is this job's. */
    own: writtenPartsSchema.nullable(),
  }),
  /**
   * Write these records one after another from the given positions on, sync both files, answer `appended`. `columns`: those
   * of the whole file, when a script made the rows; where `rowsPosition` is 0 the file begins anew with their header.
   */
  z.strictObject({
    type: z.literal("append"),
    columns: z.array(z.string()).nullable(),
    records: z.array(mergeRecordSchema).nonempty(),
    rowsPosition: z.number().int().min(0),
    errorsPosition: z.number().int().min(0),
    /** Of what lies before those positions; null: nobody knows. */
    checks: partChecksSchema.nullable(),
  }),
  /** Cut both files to these lengths (what lies beyond was never journalled), make the Parquet file if one is asked for, sync. */
  z.strictObject({
    type: z.literal("finish"),
    rowsBytes: z.number().int().min(0),
    errorsBytes: z.number().int().min(0),
    /** Of all that is merged; null: nobody knows. */
    checks: partChecksSchema.nullable(),
    parquetPart: z.string().nullable(),
    /** Names and types of a script's rows; null: the job's scorer tells. */
    columns: z.array(scriptColumnSchema).nullable(),
  }),
]);
export type ToMergeProcess = Readonly<z.infer<typeof toMergeProcessSchema>>;

export const fromMergeProcessSchema = z.discriminatedUnion("type", [
  /** Lengths of the two headers, which every `.part` file starts with, and the files as they were found, or made. */
  z.strictObject({
    type: z.literal("opened"),
    rowsHeaderBytes: z.number().int(),
    errorsHeaderBytes: z.number().int(),
    rows: writtenFileSchema,
    errors: writtenFileSchema,
    folders: writtenFoldersSchema,
    /** Of the two headers. */
    checks: partChecksSchema.optional(),
    /** What had been merged is not what is there: somebody, or the disk, has changed it. */
    isChanged: z.boolean().optional(),
  }),
  /** `checks` of the files up to these ends. */
  z.strictObject({
    type: z.literal("appended"),
    rowsEnd: z.number().int(),
    errorsEnd: z.number().int(),
    checks: partChecksSchema.nullable().optional(),
  }),
  /** How much of the Parquet file is made, from 0 to 1; while a `finish` is worked on. */
  z.strictObject({ type: z.literal("progress"), share: z.number().min(0).max(1) }),
  /** The files as they are now, whole and on the disk: what gets the final names. */
  z.strictObject({ type: z.literal("finished"), parts: writtenPartsSchema }),
  /** These of the records, by their places in the request, are not what was written (or not there): nothing was appended. */
  z.strictObject({ type: z.literal("damaged"), records: z.array(z.number().int().min(0)).nonempty() }),
  /** This item file has a name that another one has here: the file system does not tell them apart. */
  z.strictObject({ type: z.literal("same-name"), file: z.string() }),
  /** `file` is not what this process writes any more: somebody took it, or its folder, away, put another one there or cut it. */
  z.strictObject({ type: z.literal("gone"), file: z.string() }),
  /** `errno` when the file system refused, in `place`; the engine decides whether the job waits. */
  z.strictObject({
    type: z.literal("failed"),
    place: z.enum(["output", "segments"]),
    message: z.string(),
    errno: z.string().nullable(),
  }),
]);
export type FromMergeProcess = Readonly<z.infer<typeof fromMergeProcessSchema>>;
