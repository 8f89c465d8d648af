import { isTerminal } from "../../contract/job-status.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { registryProblem } from "../folder/error-problem.ts";
import { removeLeftPreflightFolders } from "../folder/preflight-folder.ts";
import { keepsRecords } from "../folder/base-files.ts";
import { tidyJournals } from "../journal/journal.ts";
import { copiesFolder, segmentsFolder } from "../folder/job-files.ts";
import { removeLeftFolders } from "../folder/left-folders.ts";
import { removeLeftLists } from "../folder/unfinished-lists.ts";
import { workedOn } from "./record-end.ts";

/** Jobs that seem to be worked on, although nobody can be: the engine that did so died. */
export function requeueLeftJobs({ jobs }: Registry): void {
  for (const { name, progress } of jobs.listUnfinished()) {
    const standstill = { ...progress, rate: 0, secondsLeft: null, workers: 0, waitingFor: null };
    jobs.move(name, workedOn, "Queued", { kind: "engine-ended" }, { progress: standstill });
  }
}

/**
 * Removes what programs left that died before they could: segments of finished jobs and copies of what they read, what lies beside their journals and
 * lists, and what was only needed until a job started. `isOpen`: false once the registry may be closed.
 */
export async function removeLeftovers(registry: Registry, home: string, isOpen: () => boolean): Promise<void> {
  await removeLeftPreflightFolders(home);
  const isOver = (name: string) => {
    const job = isOpen() ? registry.jobs.find(name) : null;
    return job !== null && isTerminal(job.status);
  };
  try {
    await removeLeftFolders(home, copiesFolder, isOver);
    await removeLeftFolders(home, segmentsFolder, (name) => isOver(name) && !keepsRecords(registry, name));
    await removeLeftLists(home, isOver);
    await tidyJournals(home, isOver);
  } catch (error) {
    // The next engine looks again.
    if (registryProblem(error, home) === null) throw error;
  }
}
