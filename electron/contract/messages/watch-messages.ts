import * as z from "zod";
import { namedFileSchema } from "../nouns/job-spec.ts";
import { problemSchema } from "../problem.ts";

/**
 * What is said to the watch process (electron/data/watch/watch-process.ts), which looks through watched folders and tells which
 * files have arrived and stopped changing, so that no other process has to.
 */

/** A file that arrived. `identity` stays the same when it is renamed and belongs to no file that is made later. */
export const arrivedFileSchema = namedFileSchema.extend({ identity: z.string() });
export type ArrivedFile = Readonly<z.infer<typeof arrivedFileSchema>>;

const watchedFolderSchema = z.strictObject({
  id: z.string(),
  /** Absolute path. */
  folder: z.string(),
  recursive: z.boolean(),
  /** What the deployment reads, lower case with the dot; null: every file. */
  endings: z.array(z.string()).nullable(),
  /** A file has arrived once its size and time have been the same for so long. */
  settleMs: z.number().positive(),
  /** The folder is looked through whole this often, whatever events came. */
  rescanMs: z.number().positive(),
});
export type WatchedFolder = Readonly<z.infer<typeof watchedFolderSchema>>;

export const toWatchProcessSchema = z.discriminatedUnion("type", [
  /** From now on these and no others. One that is the same as before goes on; any other begins from its start. */
  z.strictObject({
    type: z.literal("watch"),
    /** Says which files were taken and what jobs write; it is only read. */
    registryFile: z.string(),
    watches: z.array(watchedFolderSchema),
    /** Folders that hold outputs of watches: nothing in them is ever an input. */
    outputFolders: z.array(z.string()),
    /** At most so many files are reported at once. */
    maxBatch: z.number().int().positive(),
  }),
  /** The files of that batch are in the registry now, or need not be. */
  z.strictObject({ type: z.literal("taken"), watch: z.string(), batch: z.number().int() }),
  /** They could not be taken: they are reported again in so many milliseconds. */
  z.strictObject({ type: z.literal("later"), watch: z.string(), batch: z.number().int(), afterMs: z.number() }),
]);
export type ToWatchProcess = Readonly<z.infer<typeof toWatchProcessSchema>>;

export const fromWatchProcessSchema = z.discriminatedUnion("type", [
  /** Files that have arrived, in code-point order. There is one batch a watch on its way at a time. */
  z.strictObject({
    type: z.literal("arrived"),
    watch: z.string(),
    batch: z.number().int(),
    files: z.array(arrivedFileSchema).nonempty(),
  }),
  /** Why the folder, or a file in it, cannot be looked at; null: it can. */
  z.strictObject({ type: z.literal("state"), watch: z.string(), problem: problemSchema.nullable() }),
]);
export type FromWatchProcess = Readonly<z.infer<typeof fromWatchProcessSchema>>;
