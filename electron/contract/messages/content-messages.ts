import * as z from "zod";
import { problemSchema } from "../problem.ts";

/**
 * What is said to the content process (electron/data/content/content-process.ts), which reads files whole to know what they
 * hold, so that no other process has to.
 */

/** A file as it was listed. */
const listedFileSchema = z.strictObject({
  /** Relative to the folder, with `/`. */
  path: z.string(),
  sizeBytes: z.number().int().min(0),
  modifiedMs: z.number(),
  inode: z.number().optional(),
  /** Where it lies when a link leads to it: relative to the folder, with `/`. */
  target: z.string().optional(),
});

/** Either a kept list of a job's files, by its path, or the files themselves. */
const listedSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("listing"), file: z.string() }),
  z.strictObject({ kind: z.literal("files"), files: z.array(listedFileSchema).readonly() }),
]);
export type Listed = Readonly<z.infer<typeof listedSchema>>;

const checkedFileSchema = z.strictObject({ path: z.string(), md5: z.string() });

export const toContentProcessSchema = z.discriminatedUnion("type", [
  /** Answered by `address`, with `progress` on the way. */
  z.strictObject({ type: z.literal("address"), folder: z.string(), files: listedSchema, ledgerFile: z.string() }),
  /** Which of these files of ours, by absolute path, hold something else? Answered by `checked`, with `progress` on the way. */
  z.strictObject({ type: z.literal("check"), files: z.array(checkedFileSchema) }),
]);
export type ToContentProcess = Readonly<z.infer<typeof toContentProcessSchema>>;

export const fromContentProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("problem"), problem: problemSchema }),
  z.strictObject({ type: z.literal("progress"), doneBytes: z.number(), totalBytes: z.number() }),
  z.strictObject({
    type: z.literal("address"),
    address: z.string().regex(/^[0-9a-f]{64}$/),
    files: z.number().int().min(0),
    bytes: z.number().min(0),
  }),
  z.strictObject({ type: z.literal("checked"), damaged: z.array(z.string()) }),
]);
export type FromContentProcess = Readonly<z.infer<typeof fromContentProcessSchema>>;
