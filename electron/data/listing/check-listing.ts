import { type Stats, statSync } from "node:fs";
import { errorCode } from "../errors.ts";
import { absolutePath, type Input, type ListedFile } from "./listing.ts";
import { readListedFiles, readListingTotals } from "./listing-file.ts";
import { createProgress } from "./report-progress.ts";

/** Listed files whose size or time is not what it was, or that are gone; the first few by their path. */
export type ListingChanges = {
  readonly changed: number;
  readonly missing: number;
  readonly examples: readonly string[];
};

const shownExamples = 3;

/**
 * Compares every file of a job's list with what is there now. Files that were added since are nobody's business: the
 * list wins. A file that cannot even be asked after (a share that answers with an error) throws what the system said; a
 * list that is damaged throws Damage.
 */
export async function checkListing(
  input: Input,
  listingFile: string,
  onProgress: (files: number) => void,
): Promise<ListingChanges> {
  const examples: string[] = [];
  let changed = 0;
  let missing = 0;
  let seen = 0;
  const report = createProgress(onProgress, 500);
  await readListingTotals(listingFile);
  for await (const file of readListedFiles(listingFile)) {
    seen += 1;
    await report(seen);
    const found = statOrNull(absolutePath(input, file.path));
    if (found !== null && isAsListed(found, file)) continue;
    if (found === null) missing += 1;
    else changed += 1;
    if (examples.length < shownExamples) examples.push(file.path);
  }
  return { changed, missing, examples };
}

/** Whether a file still has the size and time that it was listed with. */
export function isAsListed(stats: Stats, file: ListedFile): boolean {
  return stats.isFile() && stats.size === file.sizeBytes && stats.mtimeMs === file.modifiedMs;
}

/** Null when there is no such file; any other refusal throws. */
export function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
    throw error;
  }
}
