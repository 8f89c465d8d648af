import fs from "node:fs";
import { type StandingFiles, type WrittenFile, writtenFolders } from "../../contract/nouns/written-file.ts";
import { errnoOf } from "./blocked.ts";
import type { JobFiles } from "./job-files.ts";

/** A number that one file had is soon that of the next one, which may be a link or a pipe: what it is belongs to its id. */
export function writtenFile(stats: fs.BigIntStats): WrittenFile {
  const { dev, ino, size, mtimeNs, mode } = stats;
  const kind = stats.isFile() ? "" : `:${mode & BigInt(fs.constants.S_IFMT)}`;
  return { id: `${dev}:${ino}${kind}`, bytes: Number(size), modified: String(mtimeNs) };
}

/** What has that name now; null when nothing has. A link is itself, not what it leads to. */
export async function fileAt(file: string): Promise<WrittenFile | null> {
  try {
    return writtenFile(await fs.promises.lstat(file, { bigint: true }));
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

export function isAbsence(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "ENOENT" || errno === "ENOTDIR";
}

/** What has the names now that a job's files will have. Throws what the file system throws. */
export function standingFiles(
  files: Pick<JobFiles, "predictions" | "errors" | "record" | "itemFolders">,
): StandingFiles {
  const standing = (file: string | undefined): WrittenFile | null => {
    const stats = file && fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    return stats ? writtenFile(stats) : null;
  };
  return {
    predictions: standing(files.predictions),
    errors: standing(files.errors),
    record: standing(files.record),
    ...writtenFolders((folder) => standing(files.itemFolders.find(({ name }) => name === folder)?.final)),
  };
}

/** It is that file, and nobody has written to it since. */
export function isSameFile(one: WrittenFile | null, other: WrittenFile | null): boolean {
  return one !== null && one.id === other?.id && isRenamed(one, other);
}

/** It is that file under another name: FAT may number a file anew when it gets one, so its length and time tell. */
export function isRenamed(now: WrittenFile | null, before: WrittenFile | null): boolean {
  return now !== null && now.bytes === before?.bytes && now.modified === before.modified;
}
