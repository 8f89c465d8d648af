import { lstatSync, realpathSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { isAsListed } from "../../contract/listed-files.ts";
import { errorCode } from "../errors.ts";
import { type Input, type ListedFile, realPlace } from "./listing.ts";
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
  const statsOf = listedStats(input);
  for await (const file of readListedFiles(listingFile)) {
    seen += 1;
    await report(seen);
    const found = statsOf(file);
    if (found !== null && isAsListed(found, file)) continue;
    if (found === null) missing += 1;
    else changed += 1;
    if (examples.length < shownExamples) examples.push(file.path);
  }
  return { changed, missing, examples };
}

/**
 * What lies where a listed file lay, links not followed; null when there is nothing, or when a link has taken the place of
 * a folder on the way. To be asked in the order of a listing, so that each folder is looked at once.
 */
export function listedStats(input: Input): (file: ListedFile) => Stats | null {
  let known = { folder: "", isReal: false };
  return (file) => {
    const place = realPlace(input, file);
    const folder = dirname(place);
    if (known.folder !== folder) known = { folder, isReal: unlessGone(() => realpathSync.native(folder)) === folder };
    return known.isReal ? unlessGone(() => lstatSync(place)) : null;
  };
}

/** Null when there is no such file; any other refusal throws. */
function unlessGone<Value>(ask: () => Value): Value | null {
  try {
    return ask();
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
    throw error;
  }
}
