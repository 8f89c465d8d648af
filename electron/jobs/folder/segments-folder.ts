import fs from "node:fs/promises";
import path from "node:path";
import { removeFolder } from "../../files/patient.ts";
import type { JobFiles } from "./job-files.ts";
import { jobsFolder, segmentsFolder } from "./job-files.ts";

/** What a finished job no longer needs. Never fails: what could not be removed is removed by the next engine. */
export async function removeSegments({ segments }: Pick<JobFiles, "segments">): Promise<void> {
  await removeFolder(segments).catch(() => undefined);
}

/** Removes the segments that nobody needs any more, such as those of a job whose engine died before it could: they are as large as all that was scored. */
export async function removeLeftSegments(home: string, isNeedless: (job: string) => boolean): Promise<void> {
  const jobs = await fs.readdir(jobsFolder(home)).catch(() => []);
  for (const job of jobs) {
    const segments = segmentsFolder(path.join(jobsFolder(home), job));
    const isThere = await fs.access(segments).then(
      () => true,
      () => false,
    );
    if (isThere && isNeedless(job)) await removeSegments({ segments });
  }
}
