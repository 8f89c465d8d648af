import fs from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { fileModeIn } from "../../contract/processes/file-modes.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { opener } from "../../files/opener.ts";
import { remove, removeFolder, rename } from "../../files/patient.ts";
import { blockedBy, errnoOf, outputGone } from "../folder/blocked.ts";
import type { StandingFiles, WrittenFile, WrittenParts } from "../../contract/nouns/written-file.ts";
import { exists } from "../folder/exists.ts";
import { makePartsFolder, removePartsFolder } from "../folder/parts-folder.ts";
import type { ItemFolderFiles, JobFiles } from "../folder/job-files.ts";
import { fileAt, isRenamed, isSameFile } from "../folder/written-file.ts";

/**
 * Gives finished files their final names, so that a name appears only with its whole content behind it. May be
 * interrupted anywhere and done again: what has its final name already is left alone. Only the files that were written, whole,
 * get a name or count as having it.
 */
export type FinalNames = {
  /** `.part` file → final name; null for a job without merged rows. */
  readonly predictions: { readonly part: string; readonly final: string } | null;
  /** The folders of item files that get their names, too; others of the job go. */
  readonly itemFolders: readonly ItemFolderFiles[];
  readonly record: string;
  /** The files that these take the place of, of the job that is retried; null: they replace none. */
  readonly replaced: StandingFiles | null;
  /** The `.part` files as they were when all was written. */
  readonly written: WrittenParts;
};

export async function finalizeFiles(files: JobFiles, names: FinalNames): Promise<Problem | null> {
  const folder = path.dirname(files.errors);
  const { predictions, written, replaced } = names;
  try {
    const targets = [
      ...(predictions === null
        ? []
        : [
            {
              ...predictions,
              written: writtenPart(files, written, predictions.part),
              stood: replaced?.predictions ?? null,
            },
          ]),
      { part: files.errorsPart, final: files.errors, written: written.errors, stood: replaced?.errors ?? null },
    ];
    // Of all before the first gets its name: it would stand in the way of the job's own files when another is made again.
    for (const { part, final, written } of targets) {
      const isThere = isSameFile(await fileAt(part), written) || isRenamed(await fileAt(final), written);
      if (!isThere) return problemOf("output/gone:part", { path: part });
    }
    for (const { name, part, final } of names.itemFolders) {
      const refused = await publishFolder({ part, final, written: written[name], stood: replaced?.[name] ?? null });
      if (refused !== null) return refused;
    }
    for (const target of targets) {
      const refused = await publish(target);
      if (refused !== null) return refused;
    }
    const refused = await publishRecord(files, names);
    if (refused !== null) return refused;
    for (const part of [files.rowsPart, files.parquetPart]) {
      if (part !== null && part !== predictions?.part) await remove(part);
    }
    for (const { part } of files.itemFolders) {
      for (const left of [part, folderAside(part)]) await removeFolder(left);
    }
    await removePartsFolder(files.rowsPart);
    await syncFolder(folder);
    if (path.dirname(folder) === path.dirname(path.dirname(files.rowsPart))) await syncFolder(path.dirname(folder));
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" && !(await exists(folder))) return outputGone(folder);
    const problem = blockedBy(errno, folder);
    if (problem === null) throw error;
    return problem;
  }
}

/** What was written to a file of predictions; null when that was never finished. */
export function writtenPart(
  { parquetPart }: Pick<JobFiles, "parquetPart">,
  written: WrittenParts,
  part: string,
): WrittenFile | null {
  return part === parquetPart ? written.parquet : written.rows;
}

/** For a job that ended without its files being made: nothing of it may stand in the way of the next one. */
export async function dropParts(files: JobFiles): Promise<void> {
  for (const part of [files.rowsPart, files.errorsPart, files.parquetPart, files.recordPart]) {
    // A folder that cannot be reached keeps what it has.
    if (part !== null) await remove(part).catch(() => undefined);
  }
  for (const { part } of files.itemFolders) await removeFolder(part).catch(() => undefined);
  await removePartsFolder(files.rowsPart);
}

/** The folder that a retry's own takes the place of, until all files have their names. */
function folderAside(part: string): string {
  return path.join(path.dirname(part), `old-${path.basename(part)}`);
}

/** Renames a folder of item files, never over another one: what it takes the place of is put aside. */
async function publishFolder({ part, final, written, stood }: Target): Promise<Problem | null> {
  if (isWrittenFolder(await fileAt(final), written)) return null;
  if (!isWrittenFolder(await fileAt(part), written)) return problemOf("output/gone:part", { path: part });
  const there = await fileAt(final);
  if (there !== null) {
    if (there.id !== stood?.id) return problemOf("output/exists:appeared", { path: final });
    await removeFolder(folderAside(part));
    await rename(final, folderAside(part));
  }
  await rename(part, final);
  return null;
}

/** The folder as it was written, under whatever name. */
export function isWrittenFolder(now: WrittenFile | null, written: WrittenFile | null): boolean {
  return now !== null && written !== null && (now.id === written.id || now.modified === written.modified);
}

type Target = {
  readonly part: string;
  readonly final: string;
  readonly written: WrittenFile | null;
  /** What had the final name before, and gives way; null: nothing does. */
  readonly stood: WrittenFile | null;
};

/** Renames, without ever replacing a file that somebody else put there, where the file system can tell. */
async function publish({ part, final, written, stood }: Target): Promise<Problem | null> {
  const lost = problemOf("output/gone:part", { path: part });
  const standing = await fileAt(part);
  if (standing === null) return isRenamed(await fileAt(final), written) ? null : lost;
  if (!isSameFile(standing, written)) return lost;
  if (stood !== null && isUntouched(await fileAt(final), stood)) await rename(part, final);
  else if (!(await renameToFree(part, final, standing))) return problemOf("output/exists:appeared", { path: final });
  // Between the look and the name somebody may have put another file there.
  return isRenamed(await fileAt(final), written) ? null : lost;
}

/** The file that stood there, as it was. */
function isUntouched(now: WrittenFile | null, stood: WrittenFile): boolean {
  return now === null || isSameFile(now, stood);
}

async function publishRecord({ recordPart, record }: JobFiles, names: FinalNames): Promise<Problem | null> {
  await makePartsFolder(recordPart);
  await writeDurably(recordPart, names.record);
  // One of an interrupted attempt gives way to this one.
  const isOwn = await isRecordOfSameJob(record, names.record);
  const stood = isOwn ? await fileAt(record) : (names.replaced?.record ?? null);
  return publish({ part: recordPart, final: record, written: await fileAt(recordPart), stood });
}

const recordSchema = z.looseObject({ name: z.string().optional(), created_at: z.string().optional() });

async function isRecordOfSameJob(file: string, record: string): Promise<boolean> {
  if ((await fileAt(file)) === null) return false;
  try {
    const there = recordSchema.parse(
      JSON.parse(await fs.readFile(file, { encoding: "utf8", flag: opener.namedFlags })),
    );
    const own = recordSchema.parse(JSON.parse(record));
    return there.name === own.name && there.created_at === own.created_at;
  } catch {
    return false;
  }
}

/** False when somebody else has the name. */
async function renameToFree(part: string, final: string, { id }: WrittenFile): Promise<boolean> {
  try {
    await fs.link(part, final);
    await remove(part);
  } catch (error) {
    const taken = await fileAt(final);
    if ((errnoOf(error) === "EEXIST" || taken !== null) && taken?.id !== id) return false;
    // FAT, exFAT and some shares have no hard links.
    await (taken === null ? rename(part, final) : remove(part));
  }
  return true;
}

/** In a new file: a link of that name would lead the text elsewhere. */
async function writeDurably(file: string, text: string): Promise<void> {
  await fs.rm(file, { force: true });
  const handle = await fs.open(file, "wx", fileModeIn(await fs.stat(path.dirname(file))));
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
