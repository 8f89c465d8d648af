import { waitsForMachine } from "../contract/nouns/waiting-reason.ts";
import type { JobRecord } from "../registry/jobs.repository.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** Jobs that this program works on, or will go on with by itself; those of another engine do not depend on it. */
export function ownJobs(workspace: Workspace): readonly JobRecord[] {
  if (!workspace.engine.holdsLease()) return [];
  const isHeld = workspace.queue.isPaused();
  return workspace.registry.jobs
    .listUnfinished()
    .filter(({ status }) => status !== "Paused" && !(isHeld && status === "Queued"));
}

/** Whether a job of our own would suffer if the computer fell asleep; one that waits for power or its user does not. */
export function needsComputerAwake({ status, progress }: Pick<JobRecord, "status" | "progress">): boolean {
  return !(status === "Queued" && waitsForMachine(progress.waitingFor));
}
