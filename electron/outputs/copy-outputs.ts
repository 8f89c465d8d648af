import { createReadStream, createWriteStream, promises as files } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf } from "../contract/errno.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { asUsual, fileModeIn } from "../contract/processes/file-modes.ts";
import { opener } from "../files/opener.ts";
import { remove, rename } from "../files/patient.ts";

/** A copy of somebody's files into a folder of theirs. */
export type CopyOptions = {
  /** Called before each file. */
  readonly onProgress: (done: number, total: number) => void;
  /** Ends the copy; what was copied whole stays. */
  readonly signal: AbortSignal;
};

/**
 * Copies files of one folder into another, under the same names. What is there already with the same content stays; a
 * file of another content is never replaced, and then nothing is copied. Null when it was ended. Problems:
 * output/exists, output/unwritable.
 */
export async function copyOutputs(
  from: string,
  names: readonly string[],
  to: string,
  { onProgress, signal }: CopyOptions,
): Promise<Result<null> | null> {
  try {
    const missing: string[] = [];
    for (const name of names) {
      const there = await comparedTo(path.join(from, name), path.join(to, name));
      if (there === "other") return failure("output/exists:download", { path: path.join(to, name) });
      if (there === "nothing") missing.push(name);
    }
    for (const [at, name] of missing.entries()) {
      if (signal.aborted) return null;
      onProgress(at, missing.length);
      await copyOne(path.join(from, name), path.join(to, name), signal);
    }
    return success(null);
  } catch (error) {
    if (signal.aborted) return null;
    const errno = codeOf(error);
    if (errno === "") throw error;
    return failure("output/unwritable:download", { folder: to, errno });
  }
}

async function comparedTo(source: string, target: string): Promise<"nothing" | "same" | "other"> {
  const there = await files.lstat(target).catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return null;
    throw error;
  });
  if (there === null) return "nothing";
  const wanted = await files.stat(source);
  if (!there.isFile() || there.size !== wanted.size) return "other";
  if (there.ino === wanted.ino && there.dev === wanted.dev) return "same";
  return (await isSameContent(source, target)) ? "same" : "other";
}

async function isSameContent(one: string, other: string): Promise<boolean> {
  const [a, b] = [await files.open(one, opener.flags), await files.open(other, opener.flags)];
  try {
    const [left, right] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
    for (;;) {
      const [read, read2] = [await readFull(a, left), await readFull(b, right)];
      if (read !== read2 || !left.subarray(0, read).equals(right.subarray(0, read))) return false;
      if (read === 0) return true;
    }
  } finally {
    await a.close();
    await b.close();
  }
}

async function readFull(file: files.FileHandle, into: Buffer): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Whole or not at all: it gets its name once it is. */
async function copyOne(source: string, target: string, signal: AbortSignal): Promise<void> {
  const folder = path.dirname(target);
  await files.mkdir(folder, { recursive: true, mode: asUsual });
  const part = `${target}.part`;
  const mode = fileModeIn(await files.stat(folder));
  try {
    await pipeline(
      createReadStream(source, { flags: "r" }),
      createWriteStream(part, { flags: "wx", mode, flush: true }),
      { signal },
    );
    await rename(part, target);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") await remove(part);
    throw error;
  }
}
