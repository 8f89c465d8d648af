import fs from "node:fs/promises";
import path from "node:path";
import { removeFolder } from "../../files/patient.ts";
import { jobsFolder } from "./job-files.ts";

/** Removes what a finished job no longer needs. Never fails: what could not be removed is removed by the next engine. */
export async function removeNeedless(folder: string): Promise<void> {
  await removeFolder(folder).catch(() => undefined);
}

/**
 * Removes one of the folders of each job that nobody needs any more, such as that of a job whose engine died before it could:
 * the segments are as large as all that was scored, and the copies as what was read.
 */
export async function removeLeftFolders(
  home: string,
  folderOf: (jobFolder: string) => string,
  isNeedless: (job: string) => boolean,
): Promise<void> {
  for (const job of await fs.readdir(jobsFolder(home)).catch(() => [])) {
    const folder = folderOf(path.join(jobsFolder(home), job));
    const isThere = await fs.access(folder).then(
      () => true,
      () => false,
    );
    if (isThere && isNeedless(job)) await removeNeedless(folder);
  }
}
