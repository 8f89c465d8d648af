import { promises as files } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { itemFolders } from "../contract/nouns/scorers/item-files.ts";
import { opener } from "../files/opener.ts";

const recordFile = "job.json";
const recordSchema = z.looseObject({
  name: z.string(),
  batchdeck: z.looseObject({ files: z.array(z.string().max(1024)).max(64) }),
});

/**
 * The files that a job left in its output folder, relative to it, in order; null when its `job.json` is not there any more.
 * A script writes what it wants: of its folder it is every file that was changed since the job began (`scriptSince`,
 * milliseconds; null for a model). Links are left out, and so is what is hidden or not whole.
 */
export async function jobOutputs(
  folder: string,
  job: { readonly name: string; readonly scriptSince: number | null },
): Promise<readonly string[] | null> {
  const named = await namedFiles(folder, job.name);
  if (named === null) return null;
  const found = new Set<string>();
  for (const name of named) if (await isFile(path.join(folder, name))) found.add(name);
  const below = job.scriptSince === null ? itemFolders : ["."];
  for (const place of below) {
    for (const name of await filesBelow(folder, place)) {
      if (job.scriptSince === null || (await changedAt(path.join(folder, name))) >= job.scriptSince) found.add(name);
    }
  }
  return [...found].sort();
}

async function namedFiles(folder: string, job: string): Promise<readonly string[] | null> {
  try {
    const text = await files.readFile(path.join(folder, recordFile), { encoding: "utf8", flag: opener.namedFlags });
    const record = recordSchema.parse(JSON.parse(text));
    if (record.name !== job) return null;
    return [...record.batchdeck.files.filter((name) => path.basename(name) === name), recordFile];
  } catch {
    return null;
  }
}

async function filesBelow(folder: string, place: string): Promise<readonly string[]> {
  const entries = await files
    .readdir(path.join(folder, place), { recursive: true, withFileTypes: true })
    .catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.endsWith(".part") && !name.split(path.sep).some((part) => part.startsWith(".")));
}

async function isFile(file: string): Promise<boolean> {
  return (await files.lstat(file).catch(() => null))?.isFile() ?? false;
}

async function changedAt(file: string): Promise<number> {
  return (await files.lstat(file).catch(() => null))?.mtimeMs ?? 0;
}
