import { isDeepStrictEqual } from "node:util";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { QueueSnapshot } from "./queue-snapshot.ts";
import type { RunningJob, RunningJobs } from "./running-jobs.ts";
import type { JobProgress } from "../../registry/job-row.ts";

/** What `Report` wrote to the registry. `reasons`: what the snapshot of the queue knows is out of date. */
export type Reported = "nothing" | "progress" | "reasons";

/** Writes how far running jobs are, and why the others wait; each only when it is not what was written last. */
export type Report = (queue: QueueSnapshot, reasons: ReadonlyMap<string, WaitingReason>) => Reported;

export function createReport(registry: Registry, running: RunningJobs): Report {
  const written = new WeakMap<RunningJob, JobProgress>();

  function reportProgress(name: string, job: RunningJob, reason: WaitingReason | null): boolean {
    const own = job.run.progress();
    const progress = { ...own, waitingFor: reason ?? own.waitingFor };
    if (isDeepStrictEqual(progress, written.get(job))) return false;
    const changed = registry.jobs.change(name, { progress });
    written.set(job, progress);
    return changed;
  }

  return ({ jobs }, reasons) => {
    let reported: Reported = "nothing";
    const waiting: [name: string, reason: WaitingReason | null][] = [];
    for (const job of jobs) {
      const reason = reasons.get(job.name) ?? null;
      const active = running.find(job.name);
      if (active !== undefined) {
        if (reportProgress(job.name, active, reason)) reported = "progress";
      } else if (job.status === "Queued" && !isDeepStrictEqual(job.progress.waitingFor, reason)) {
        waiting.push([job.name, reason]);
      }
    }
    if (waiting.length === 0) return reported;
    registry.transaction(() => waiting.map(([name, reason]) => registry.jobs.setWaitingFor(name, reason)));
    return "reasons";
  };
}
