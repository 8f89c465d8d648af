import { type WaitingReason, waitsForMachine } from "../../contract/nouns/waiting-reason.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { JobRecord } from "../../registry/job-row.ts";

/** What depends on this program: whether it has jobs to work on, and whether one of them needs the computer awake. */
export type OwnJobs = { readonly hasAny: boolean; readonly needComputerAwake: boolean };

/** Jobs that this program works on, or will go on with by itself; those of another engine do not depend on it. */
export function ownJobs(registry: Registry, holdsLease: boolean): OwnJobs {
  if (!holdsLease) return { hasAny: false, needComputerAwake: false };
  const isHeld = registry.queue.isPaused();
  const jobs = registry.jobs
    .listUnfinished()
    .filter(({ status }) => status !== "Paused" && !(isHeld && status === "Queued"));
  return { hasAny: jobs.length > 0, needComputerAwake: jobs.some(needsComputerAwake) };
}

/**
 * Whether a job of our own would suffer if the computer fell asleep; one that waits for power or its user does not, and neither does
 * one that Azure works on.
 */
export function needsComputerAwake({ status, progress }: Pick<JobRecord, "status" | "progress">): boolean {
  if (progress.waitingFor !== null && goesOnWithoutUs.has(progress.waitingFor.kind)) return false;
  return !(status === "Queued" && waitsForMachine(progress.waitingFor));
}

const goesOnWithoutUs: ReadonlySet<WaitingReason["kind"]> = new Set([
  "azure-following",
  "azure-canceling",
  "azure-unreachable",
]);
