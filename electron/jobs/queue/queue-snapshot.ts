import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { ComputeRecord } from "../../registry/computes.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { JobRecord } from "../../registry/job-row.ts";

/** The queue as it was when the engine last looked. */
export type QueueSnapshot = {
  /** Unfinished, in queue order. */
  readonly jobs: readonly JobRecord[];
  readonly isPaused: boolean;
  /** The jobs that a live command waits for, if the engine works for those only; null: it works for all. */
  readonly awaited: ReadonlySet<string> | null;
  readonly computes: ReadonlyMap<string, ComputeRecord>;
};

export const emptyQueue: QueueSnapshot = { jobs: [], isPaused: false, awaited: null, computes: new Map() };

export function readQueue({ jobs, queue, computes }: Registry, awaited: ReadonlySet<string> | null): QueueSnapshot {
  return {
    awaited,
    isPaused: queue.isPaused(),
    computes: new Map(computes.list().map((compute) => [compute.name.toLowerCase(), compute])),
    jobs: jobs.listUnfinished(),
  };
}

/** The compute of a job; undefined when it was deleted. */
export function computeOf({ computes }: QueueSnapshot, spec: Pick<JobSpec, "compute">): ComputeRecord | undefined {
  return computes.get(spec.compute.toLowerCase());
}

/** Whether the engine works for this job. */
export function isWanted({ awaited }: QueueSnapshot, job: Pick<JobRecord, "name">): boolean {
  return awaited === null || awaited.has(job.name);
}
