import fs from "node:fs";
import type { WrittenFile } from "../../contract/nouns/written-file.ts";
import { errnoOf } from "./blocked.ts";

export function writtenFile({ dev, ino, size, mtimeNs }: fs.BigIntStats): WrittenFile {
  return { id: `${dev}:${ino}`, bytes: Number(size), modified: String(mtimeNs) };
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

/** It is that file, as long as it was. */
export function isSameFile(one: WrittenFile | null, other: WrittenFile | null): boolean {
  return one !== null && other !== null && one.id === other.id && one.bytes === other.bytes;
}

/** It is that file under another name: FAT may number a file anew when it gets one, and then its length and time tell. */
export function isRenamed(now: WrittenFile | null, before: WrittenFile | null): boolean {
  if (now === null || before === null) return false;
  return isSameFile(now, before) || (now.bytes === before.bytes && now.modified === before.modified);
}
