import { runsInAzure } from "../../contract/nouns/job-spec.ts";
import type { WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import { workersPerInstance } from "../folder/instances.ts";
import { assignWorkers, type QueuedWork } from "./assign-workers.ts";
import type { GiveWay } from "./give-way.ts";
import { computeOf, isWanted, type QueueSnapshot } from "./queue-snapshot.ts";
import type { RunningJobs } from "./running-jobs.ts";
import type { JobRecord } from "../../registry/job-row.ts";

/**
 * Lets every job have the workers that are its due now: some begin, some grow or shrink, some hand over. Answers why jobs
 * have no workers, or fewer than they asked for.
 */
export function carryOutShares(
  queue: QueueSnapshot,
  running: RunningJobs,
  machine: { readonly cores: number; readonly giveWay: GiveWay; readonly nowMs: number },
): ReadonlyMap<string, WaitingReason> {
  const { cores, giveWay, nowMs } = machine;
  const jobs = queue.jobs.filter(({ spec }) => !runsInAzure(spec));
  const work = jobs.map((job) => workOf(queue, running, job));
  const hasLowPriority = work.some(({ tier, wanted }) => tier === "low_priority" && wanted > 0);
  const assigned = assignWorkers(work, {
    capacity: {
      cores,
      instancesOf: (compute) => computeOf(queue, { compute })?.maxInstances ?? Number.POSITIVE_INFINITY,
    },
    isQueuePaused: queue.isPaused,
    lowPriorityMustStop: hasLowPriority ? giveWay.mustStop(nowMs) : null,
    lowPriorityMustWait: hasLowPriority ? giveWay.mustWait(nowMs) : null,
  });
  if (assigned.lowPriorityLeftOut) giveWay.lowPriorityLeftOut(nowMs);
  for (const job of jobs) {
    const active = running.find(job.name);
    const reason = assigned.displaced.get(job.name);
    const granted = assigned.grants.get(job.name) ?? 0;
    if (active === undefined) {
      if (granted > 0) running.begin(job, queue, granted);
    } else if (reason !== undefined) running.handOver(active, { kind: "waiting", reason });
    else if (active.handOver === null) active.run.setSlots(granted);
  }
  return assigned.waitingFor;
}

/**
 * Has every job in Azure begin that may: they need no worker and wait for no other job. Answers why the others wait. `canRun`: this
 * engine knows the way to Azure.
 */
export function beginInAzure(
  queue: QueueSnapshot,
  running: RunningJobs,
  canRun: boolean,
): ReadonlyMap<string, WaitingReason> {
  const waitingFor = new Map<string, WaitingReason>();
  for (const job of queue.jobs) {
    const mayBegin = job.status === "Queued" && job.request === null && !running.isUnwritten(job.name);
    if (!runsInAzure(job.spec) || !mayBegin || running.find(job.name) !== undefined) continue;
    if (queue.isPaused) waitingFor.set(job.name, { kind: "queue-paused" });
    else if (!isWanted(queue, job) || !canRun) waitingFor.set(job.name, { kind: "no-command", job: job.name });
    else running.begin(job, queue, 0);
  }
  return waitingFor;
}

function workOf(queue: QueueSnapshot, running: RunningJobs, job: JobRecord): QueuedWork {
  const compute = computeOf(queue, job.spec);
  const common = {
    job: job.name,
    compute: compute?.name ?? job.spec.compute,
    tier: compute?.tier ?? "dedicated",
    priority: job.priority,
    perInstance: workersPerInstance(job.spec.settings),
    asked: job.spec.workers,
  };
  const active = running.find(job.name);
  if (active !== undefined) {
    const { run, handOver } = active;
    const wanted = handOver === null ? run.workersWanted() : 0;
    const state = wanted > 0 ? "running" : "ending";
    return { ...common, state, wanted, inUse: run.workersInUse(), waitingFor: run.waitingFor() };
  }
  const mayBegin = job.status === "Queued" && job.request === null && !running.isUnwritten(job.name);
  const state = isWanted(queue, job) ? "waiting" : "unclaimed";
  return { ...common, state, wanted: mayBegin ? job.spec.workers : 0, inUse: 0, waitingFor: null };
}
