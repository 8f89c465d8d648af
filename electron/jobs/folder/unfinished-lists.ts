import fs from "node:fs/promises";
import path from "node:path";
import { remove } from "../../files/patient.ts";
import { jobFolder, jobsFolder, listingFile } from "./job-files.ts";

/**
 * Removes what data processes had written of a job's list when they were killed. For a job that is over: another process may
 * be about to name its list. Never fails: what could not be removed is removed by the next engine.
 */
export async function removeUnfinishedLists(folder: string): Promise<void> {
  const list = path.basename(listingFile(folder));
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(`${list}.`) || !name.endsWith(".part")) continue;
    await remove(path.join(folder, name)).catch(() => undefined);
  }
}

/** The same for all jobs that are over, whose engine died before it could. */
export async function removeLeftLists(home: string, isOver: (job: string) => boolean): Promise<void> {
  for (const job of await fs.readdir(jobsFolder(home)).catch(() => [])) {
    if (isOver(job)) await removeUnfinishedLists(jobFolder(home, job));
  }
}
