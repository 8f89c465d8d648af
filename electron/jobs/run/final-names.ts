import fs from "node:fs/promises";
import path from "node:path";
import { fileModeIn } from "../../contract/processes/file-modes.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { blockedBy, errnoOf, outputGone } from "../folder/blocked.ts";
import { exists } from "../folder/exists.ts";
import type { JobFiles } from "../folder/job-files.ts";

/**
 * Gives finished files their final names, so that a name appears only with its whole content behind it. May be
 * interrupted anywhere and done again: what has its final name already is left alone.
 */
export type FinalNames = {
  /** `.part` file → final name; null for a job without merged rows. */
  readonly predictions: { readonly part: string; readonly final: string } | null;
  readonly record: string;
  /** The files take the place of those of the job that is retried. */
  readonly replaces: boolean;
};

export async function finalizeFiles(files: JobFiles, names: FinalNames): Promise<Problem | null> {
  const folder = path.dirname(files.errors);
  try {
    const taken =
      (names.predictions !== null &&
        (await publish(names.predictions.part, names.predictions.final, names.replaces))) ||
      (await publish(files.errorsPart, files.errors, names.replaces));
    if (taken) return taken;
    await writeDurably(`${files.record}.part`, names.record);
    await fs.rename(`${files.record}.part`, files.record);
    for (const part of [files.rowsPart, files.parquetPart]) {
      if (part !== null && part !== names.predictions?.part) await fs.rm(part, { force: true });
    }
    await syncFolder(folder);
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" && !(await exists(folder))) return outputGone(folder);
    const problem = blockedBy(errno, folder);
    if (problem === null) throw error;
    return problem;
  }
}

/** For a job that ended without its files being made: nothing of it may stand in the way of the next one. */
export async function dropParts(files: JobFiles): Promise<void> {
  for (const part of [files.rowsPart, files.errorsPart, files.parquetPart, `${files.record}.part`]) {
    // A folder that cannot be reached keeps what it has.
    if (part !== null) await fs.rm(part, { force: true }).catch(() => undefined);
  }
}

/** Renames; unless it `replaces`, without ever replacing a file that somebody else put there, where the file system can tell. */
async function publish(part: string, final: string, replaces: boolean): Promise<Problem | null> {
  if (!(await exists(part))) {
    if (await exists(final)) return null;
    throw Object.assign(new Error(`${part} is gone.`), { code: "ENOENT" });
  }
  if (replaces) {
    await fs.rename(part, final);
    return null;
  }
  try {
    await fs.link(part, final);
    await fs.unlink(part);
  } catch (error) {
    const isTaken = errnoOf(error) === "EEXIST" || (await exists(final));
    if (isTaken && !(await isSameFile(part, final))) {
      return problemOf("output/exists:appeared", { path: final });
    }
    // FAT, exFAT and some shares have no hard links.
    await (isTaken ? fs.unlink(part) : fs.rename(part, final));
  }
  return null;
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([fs.stat(one, { bigint: true }), fs.stat(other, { bigint: true })]);
  return first.ino === second.ino && first.dev === second.dev;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await fs.open(file, "w", fileModeIn(await fs.stat(path.dirname(file))));
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
