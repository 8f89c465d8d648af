import nodeFs from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import type { JobSpec } from "../../electron/contract/nouns/job-spec.ts";
import type { MiniBatchPart } from "../../electron/contract/nouns/mini-batch.ts";
import { systemErrno } from "../../electron/contract/errno.ts";
import { fileOpener, isAsListed, isReplaced, type ListedFacts } from "../../electron/contract/listed-files.ts";
import type { PartProblem } from "./block.ts";

/** The one way in which a worker opens files that are not its own. */
export const opener = fileOpener(nodeFs, process.platform);

/** Absolute path of a part's file, as it is called: inside the input's folder, or the input itself when that is one file. */
export function partPath(input: JobSpec["input"], part: Pick<MiniBatchPart, "file">): string {
  return input.kind === "file" ? input.path : path.join(input.path, part.file);
}

/** Where it lies: its one real path, since that of an input is one. */
export function partPlace(input: JobSpec["input"], { file, target }: Pick<MiniBatchPart, "file" | "target">): string {
  return partPath(input, { file: target ?? file });
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

/** Why a file cannot be read; `errno` when the file system refused. */
type ReadFailure = { readonly problem: PartProblem; readonly errno: string | null };

/** The same where that would explain why a file of the input cannot be read, or is another one by now. */
export async function inputGoneInstead(
  input: JobSpec["input"],
  { problem, errno }: ReadFailure,
): Promise<string | null> {
  return errno === null && problem.code !== "input-changed" ? null : inputPlaceGone(input);
}

/** The bytes of one input file, or why they cannot be had. */
export type FileBytes = { readonly ok: true; readonly bytes: Buffer } | ({ readonly ok: false } & ReadFailure);

/**
 * Reads a whole file, and makes sure before and after that it is still the file that was listed. Expected failures are
 * values: never throws for what the file system says.
 */
export async function readWholeFile(place: string, part: ListedFacts): Promise<FileBytes> {
  let handle: fs.FileHandle | null = null;
  try {
    handle = await fs.open(place, opener.flags);
    if (!opener.isListed(handle.fd, await handle.stat(), place, part)) {
      return { ok: false, problem: changed, errno: null };
    }
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

/** Why a part's file is not to be read by its path, as scripts do; null when what lies there is the file that was listed. */
export async function fileProblem(input: JobSpec["input"], part: MiniBatchPart): Promise<PartProblem | null> {
  const place = partPlace(input, part);
  let handle: fs.FileHandle | null = null;
  try {
    handle = await fs.open(place, opener.flags);
    if (!opener.isListed(handle.fd, await handle.stat(), place, part)) return changed;
    // Where the listing followed a link, it must lead to the same file still.
    return part.target === undefined || (await fs.realpath(partPath(input, part))) === place ? null : changed;
  } catch (error) {
    return unreadable(error);
  } finally {
    await handle?.close();
  }
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
  if (isReplaced(errno)) return changed;
  const reason =
    errno === "EACCES" || errno === "EPERM"
      ? "access is denied"
      : errno === "EISDIR"
        ? "it is a folder"
        : `the system answered ${errno ?? String(error)}`;
  return { stage: "read", code: "file-unreadable", message: `The file cannot be read: ${reason}.` };
}
