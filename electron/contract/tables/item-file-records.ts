import * as z from "zod";

/** The file that the contents of the item files of a segment's records are in. */
export function itemFilesOf(segmentFile: string): string {
  return `${segmentFile}.files`;
}

/**
 * The item files (item-files.ts) of one mini-batch as their worker wrote them, all in one file: one entry a file, in the order of
 * the rows and, within one, of the outputs. An entry is the length of its path and that of its content (4 bytes each,
 * little-endian), the path relative to the output folder (UTF-8) and the content. `checksum` is like that of the record.
 */
export const itemFilesRecordSchema = z.strictObject({
  offset: z.number().int().min(0),
  bytes: z.number().int().min(0),
  checksum: z.string().length(16),
});
export type ItemFilesRecord = Readonly<z.infer<typeof itemFilesRecordSchema>>;

/** Bytes before the path of an entry. */
export const itemFileEntryBytes = 8;
