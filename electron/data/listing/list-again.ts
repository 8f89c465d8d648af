import { lstatSync } from "node:fs";
import { listedStats } from "./check-listing.ts";
import { lastingInodes } from "./lasting-inodes.ts";
import type { Input, ListedFile, Listing } from "./listing.ts";
import { readListedFiles, readListingTotals, skipsOf } from "./listing-file.ts";
import { createProgress } from "./report-progress.ts";
import { noSkips } from "./skips.ts";

/**
 * The files of an earlier job's list as they are now. What was added to the folder since is nobody's business; a file that
 * is gone keeps its old entry, and fails when it is read. Throws Damage when the list is damaged.
 */
export async function listAgain(
  input: Input,
  listingFile: string,
  onProgress: (files: number) => void,
): Promise<Listing> {
  const totals = await readListingTotals(listingFile);
  const files: ListedFile[] = [];
  let bytes = 0;
  const report = createProgress(onProgress, 500);
  const statsOf = listedStats(input);
  const inodeOf = lastingInodes(input.path, lstatSync(input.path).dev);
  for await (const file of readListedFiles(listingFile)) {
    const stats = statsOf(file);
    const found =
      stats?.isFile() === true
        ? { ...file, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, inode: inodeOf(stats) }
        : file;
    files.push(found);
    bytes += found.sizeBytes;
    await report(files.length);
  }
  return { files, bytes, ...(totals === null ? noSkips : skipsOf(totals)) };
}
