import { createHash } from "node:crypto";
import { type Dirent, lstatSync, opendirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import { errorCode } from "../errors.ts";
import { compareCodePoints } from "./code-points.ts";
import { lastingInodes } from "./lasting-inodes.ts";
import { type Input, type ListedFile, type Listing, outputsNamedIn, skipReason } from "./listing.ts";
import { createProgress } from "./report-progress.ts";
import { createSkips, noSkips } from "./skips.ts";

/** `nested`: files in the folders of the input, which Azure does not look into. */
export type AzureListing = Listing & { readonly nested: number };

/**
 * What of a folder or file Azure would score: the files directly in it, but for those that no listing of ours takes. Links are
 * passed over: Azure has none. Problems: input/empty, input/unreadable.
 */
export async function listForAzure(
  { path: place, kind }: Input,
  onProgress: (files: number) => void,
): Promise<Result<AzureListing>> {
  try {
    const listing = kind === "file" ? listFile(place) : await listFolder(realpathSync(place), onProgress);
    return listing.files.length === 0
      ? failure("input/empty:azure", { path: place, nested: listing.nested })
      : success(listing);
  } catch (error) {
    const errno = errorCode(error);
    if (errno === undefined) throw error;
    return failure("input/unreadable:right-now", { place, errno });
  }
}

/** SHA-256 of which files these are: cheap to know, where the address of what they hold needs all of them to be read. */
export function hashOfFiles(place: string, files: readonly ListedFile[]): string {
  const hash = createHash("sha256").update(`${JSON.stringify(place)}\n`);
  for (const file of files) hash.update(`${JSON.stringify(file)}\n`);
  return hash.digest("hex");
}

function listFile(place: string): AzureListing {
  const stats = statSync(place);
  const file = listedFile(basename(place), stats, lastingInodes(place, stats.dev));
  return { files: [file], bytes: file.sizeBytes, ...noSkips, nested: 0 };
}

async function listFolder(root: string, onProgress: (files: number) => void): Promise<AzureListing> {
  const report = createProgress(onProgress, 500);
  const ours = outputsNamedIn(join(root, "job.json"));
  const inodeOf = lastingInodes(root, lstatSync(root).dev);
  const skips = createSkips();
  const files: ListedFile[] = [];
  const folders: string[] = [];
  let looked = 0;
  let nested = 0;

  async function look(folder: string, take: (entry: Dirent) => void): Promise<void> {
    const opened = opendirSync(folder);
    try {
      for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) {
        take(entry);
        looked += 1;
        await report(looked, files.length);
      }
    } finally {
      opened.closeSync();
    }
  }

  await look(root, (entry) => {
    const reason = skipReason(entry.name, ours);
    if (reason !== null) skips.skip(reason, entry.name);
    else if (entry.isDirectory()) folders.push(join(root, entry.name));
    else if (entry.isFile()) files.push(listedFile(entry.name, lstatSync(join(root, entry.name)), inodeOf));
    else skips.skip("not-a-file", entry.name);
  });
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const inside = folder;
    await look(inside, (entry) => {
      if (entry.isDirectory()) folders.push(join(inside, entry.name));
      else if (entry.isFile()) nested += 1;
    });
  }
  files.sort((one, other) => compareCodePoints(one.path, other.path));
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { ...skips.all(), files, bytes, nested };
}

function listedFile(path: string, stats: Stats, inodeOf: (stats: Stats) => number | undefined): ListedFile {
  return { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, inode: inodeOf(stats) };
}
