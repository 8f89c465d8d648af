import fs from "node:fs";
import type { WrittenFile } from "../../contract/nouns/written-file.ts";
import { errnoOf } from "./blocked.ts";

/** Which file it is, while it is open or lies in its folder. A link is itself, not what it leads to. */
export function fileId({ dev, ino }: Pick<fs.BigIntStats, "dev" | "ino">): string {
  return `${dev}:${ino}`;
}

/** What has that name now; null when nothing has. */
export async function fileAt(file: string): Promise<WrittenFile | null> {
  try {
    const stats = await fs.promises.lstat(file, { bigint: true });
    return { id: fileId(stats), bytes: Number(stats.size) };
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

export function isAbsence(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "ENOENT" || errno === "ENOTDIR";
}

export function isSameFile(one: WrittenFile | null, other: WrittenFile | null): boolean {
  return one !== null && other !== null && one.id === other.id && one.bytes === other.bytes;
}
