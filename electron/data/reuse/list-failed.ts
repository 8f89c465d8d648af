import { listAgain } from "../listing/list-again.ts";
import type { Input, ListedFile, Listing } from "../listing/listing.ts";
import { readListedFiles } from "../listing/listing-file.ts";
import { noSkips } from "../listing/skips.ts";
import { readFailedFiles } from "./failed-files.ts";

/**
 * The files of a finished job as they are now: all of them, and those that a job has to score which tries again what failed in it. These
 * hold a failed item, or were changed since. Throws Damage.
 */
export async function listFailed(
  input: Input,
  { listingFile, journalFile }: { readonly listingFile: string; readonly journalFile: string },
  onProgress: (files: number) => void,
): Promise<{ readonly all: Listing; readonly failed: Listing }> {
  const all = await listAgain(input, listingFile, onProgress);
  const hasFailed = readFailedFiles(journalFile);
  const files: ListedFile[] = [];
  let bytes = 0;
  let at = 0;
  for await (const before of readListedFiles(listingFile)) {
    const now = all.files[at];
    at += 1;
    if (now === undefined) break;
    const isChanged = now.sizeBytes !== before.sizeBytes || now.modifiedMs !== before.modifiedMs;
    if (!isChanged && !hasFailed.has(now.path)) continue;
    files.push(now);
    bytes += now.sizeBytes;
  }
  return { all, failed: { files, bytes, ...noSkips } };
}
