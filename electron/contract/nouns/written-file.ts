import * as z from "zod";
import type { ItemFolder } from "./scorers/item-files.ts";

/** A file as it was written. */
export const writtenFileSchema = z.strictObject({
  /** Which one it is, whatever its name: `device:inode`. */
  id: z.string(),
  bytes: z.number().int().min(0),
  /** When it was last written to, in nanoseconds of the file system's own time. */
  modified: z.string(),
});
export type WrittenFile = Readonly<z.infer<typeof writtenFileSchema>>;

/** The folders of item files, by name; null for those that a job does not write. */
export const writtenFoldersSchema = z.strictObject({
  arrays: writtenFileSchema.nullable().default(null),
  images: writtenFileSchema.nullable().default(null),
} satisfies Record<ItemFolder, z.ZodType>);
export type WrittenFolders = Readonly<z.infer<typeof writtenFoldersSchema>>;

export function writtenFolders(of: (folder: ItemFolder) => WrittenFile | null): WrittenFolders {
  return { arrays: of("arrays"), images: of("images") };
}

/** What stood under a job's final names before it had written anything; null: nothing. */
export const standingFilesSchema = z.strictObject({
  predictions: writtenFileSchema.nullable(),
  errors: writtenFileSchema.nullable(),
  record: writtenFileSchema.nullable(),
  ...writtenFoldersSchema.shape,
});
export type StandingFiles = Readonly<z.infer<typeof standingFilesSchema>>;

/** The files that a job's output is made in, before they get their final names. */
export const writtenPartsSchema = z.strictObject({
  rows: writtenFileSchema,
  errors: writtenFileSchema,
  /** Null until it is made, and for jobs that make none. */
  parquet: writtenFileSchema.nullable(),
  ...writtenFoldersSchema.shape,
});
export type WrittenParts = Readonly<z.infer<typeof writtenPartsSchema>>;
