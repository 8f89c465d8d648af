import { statOrNull } from "./check-listing.ts";
import { absolutePath, type Input, type ListedFile, type Listing } from "./listing.ts";
import { readListedFiles, readListingTotals } from "./listing-file.ts";
import { createProgress } from "./report-progress.ts";

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
  for await (const file of readListedFiles(listingFile)) {
    const stats = statOrNull(absolutePath(input, file.path));
    const found = stats?.isFile() === true ? { ...file, sizeBytes: stats.size, modifiedMs: stats.mtimeMs } : file;
    files.push(found);
    bytes += found.sizeBytes;
    await report(files.length);
  }
  return { files, bytes, skipped: totals?.skipped ?? 0, skippedBy: totals?.skippedBy ?? {} };
}
