import fs from "node:fs/promises";
import path from "node:path";
import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import { systemErrno } from "../../electron/contract/errno.ts";
import type { PartProblem } from "./block.ts";

/** Absolute path of a part's file: inside the input's folder, or the input itself when that is one file. */
export function partPath(input: JobSpec["input"], part: Pick<MiniBatchPart, "file">): string {
  return input.kind === "file" ? input.path : path.join(input.path, part.file);
}

/** The errno when the place of a whole input is gone (an unplugged disk, a share that went away), null when it is there. */
export async function inputPlaceGone(input: JobSpec["input"]): Promise<string | null> {
  try {
    await fs.stat(input.kind === "file" ? path.dirname(input.path) : input.path);
    return null;
  } catch (error) {
    return systemErrno(error) ?? "EIO";
  }
}

/** The bytes of one input file, or why they cannot be had. */
export type FileBytes =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly problem: PartProblem; readonly errno: string | null };

/**
 * Reads a whole file, and makes sure before and after that it is still the file that was listed. `path` is absolute.
 * Expected failures are values: never throws for what the file system says.
 */
export async function readWholeFile(
  path: string,
  part: Pick<MiniBatchPart, "sizeBytes" | "modifiedMs">,
): Promise<FileBytes> {
  let handle: fs.FileHandle | null = null;
  try {
    handle = await fs.open(path, "r");
    if (!isAsListed(await handle.stat(), part)) return { ok: false, problem: changed, errno: null };
    const bytes = Buffer.allocUnsafeSlow(part.sizeBytes);
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
      if (bytesRead === 0) return { ok: false, problem: changed, errno: null };
      filled += bytesRead;
    }
    if (!isAsListed(await handle.stat(), part)) return { ok: false, problem: changed, errno: null };
    return { ok: true, bytes };
  } catch (error) {
    return { ok: false, problem: unreadable(error), errno: systemErrno(error) };
  } finally {
    await handle?.close();
  }
}

/** Whether a file still has the size and time that it was listed with. */
export function isAsListed(
  stats: { readonly size: number; readonly mtimeMs: number },
  part: Pick<MiniBatchPart, "sizeBytes" | "modifiedMs">,
): boolean {
  return stats.size === part.sizeBytes && stats.mtimeMs === part.modifiedMs;
}

export const changed: PartProblem = {
  stage: "read",
  code: "input-changed",
  message: "The file was changed after the job had listed it.",
};

/** What the file system said about a file that cannot be read, as a sentence. */
export function unreadable(error: unknown): PartProblem {
  const errno = systemErrno(error);
  if (errno === "ENOENT") {
    return { stage: "read", code: "input-changed", message: "The file was removed after the job had listed it." };
  }
  const reason =
    errno === "EACCES" || errno === "EPERM"
      ? "access is denied"
      : errno === "EISDIR"
        ? "it is a folder"
        : `the system answered ${errno ?? String(error)}`;
  return { stage: "read", code: "file-unreadable", message: `The file cannot be read: ${reason}.` };
}
