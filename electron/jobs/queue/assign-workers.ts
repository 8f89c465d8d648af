import type { GivingWay, WaitingReason } from "../../contract/nouns/waiting-reason.ts";
import type { Capacity, Share, Wish } from "./share-workers.ts";
import { grantsNow, shareWorkers } from "./share-workers.ts";

/** An unfinished job that runs or may begin, as the engine sees it at one moment. */
export type QueuedWork = Wish & {
  /**
   * `waiting`: may begin; `running`; `ending`: it was asked to stop, or writes its files, and may still hold workers;
   * `unclaimed`: this engine works for waiting commands only, and none waits for it.
   */
  readonly state: "waiting" | "running" | "ending" | "unclaimed";
  /** Workers that it was submitted with. */
  readonly asked: number;
  readonly inUse: number;
  /** What it still waits for although it has workers. */
  readonly waitingFor: WaitingReason | null;
};

export type Assignment = {
  /** Workers that each job may have now: at least one for a job that may begin or go on. */
  readonly grants: ReadonlyMap<string, number>;
  /** Running jobs that get nothing, and why: they hand over and wait again. */
  readonly displaced: ReadonlyMap<string, WaitingReason>;
  /** Why jobs have no worker, or fewer than they asked for. */
  readonly waitingFor: ReadonlyMap<string, WaitingReason>;
  /** A low-priority job got nothing, since dedicated work needs it all. */
  readonly lowPriorityLeftOut: boolean;
};

/** Decides who may take part now, and why others wait; who of them gets how many workers is decided in `shareWorkers`. `work` is in queue order; the two reasons say what low-priority work gives way to. */
export function assignWorkers(
  work: readonly QueuedWork[],
  facts: {
    readonly capacity: Capacity;
    readonly isQueuePaused: boolean;
    readonly lowPriorityMustStop: GivingWay | null;
    readonly lowPriorityMustWait: GivingWay | null;
  },
): Assignment {
  const { capacity } = facts;
  const waitingFor = new Map<string, WaitingReason>();
  const displaced = new Map<string, WaitingReason>();

  /** What keeps a job from taking part at all. */
  function barrier(job: QueuedWork): WaitingReason | null {
    if (facts.isQueuePaused) return { kind: "queue-paused" };
    if (job.state === "unclaimed") return { kind: "no-command", job: job.job };
    if (job.tier === "dedicated") return null;
    const to = job.state === "running" ? facts.lowPriorityMustStop : facts.lowPriorityMustWait;
    return to === null ? null : { kind: "giving-way", to };
  }

  const candidates = work.filter((job) => job.state !== "ending" && job.wanted > 0);
  const barriers = new Map(candidates.map((job) => [job.job, barrier(job)]));
  for (const job of candidates) {
    const why = barriers.get(job.job) ?? null;
    if (why === null) continue;
    waitingFor.set(job.job, why);
    if (job.state === "running") displaced.set(job.job, why);
  }
  const wishes = candidates.filter((job) => barriers.get(job.job) === null);
  const shares = shareWorkers(wishes, capacity);
  const holdings = work.map(({ job, compute, perInstance, inUse }) => ({ job, compute, perInstance, workers: inUse }));
  const grants = grantsNow(wishes, shares, holdings, capacity);
  const holders = wishes.filter((job) => workersOf(shares, job) > 0);

  for (const job of wishes) {
    const share = shares.get(job.job) ?? { workers: 0, shortOf: null };
    const granted = grants.get(job.job) ?? 0;
    if (share.shortOf !== null) {
      const why = shortage(job, share, holders);
      waitingFor.set(job.job, why);
      if (share.workers === 0 && job.state === "running") displaced.set(job.job, why);
    } else if (granted === 0) waitingFor.set(job.job, { kind: "others-ending" });
    else if (job.waitingFor !== null) waitingFor.set(job.job, job.waitingFor);
  }

  // Low-priority work that waits for quiet may find that it would get nothing anyway: then it is not quiet yet.
  const isPossible = (job: QueuedWork) => isQuiet(barriers.get(job.job) ?? null);
  const possible = candidates.filter(isPossible);
  const possibleShares = possible.length === wishes.length ? shares : shareWorkers(possible, capacity);
  const possibleHolders = possible.filter((job) => workersOf(possibleShares, job) > 0);
  const hasDedicated = possibleHolders.some((job) => job.tier === "dedicated");
  const leftOut = possible.filter((job) => job.tier === "low_priority" && workersOf(possibleShares, job) === 0);
  for (const job of leftOut) {
    const share = possibleShares.get(job.job);
    if (share === undefined || barriers.get(job.job) === null) continue;
    waitingFor.set(job.job, shortage(job, share, possibleHolders));
  }
  return { grants, displaced, waitingFor, lowPriorityLeftOut: hasDedicated && leftOut.length > 0 };
}

/** Nothing is in the way of a job, or only the wait for quiet. */
function isQuiet(barrier: WaitingReason | null): boolean {
  return barrier === null || (barrier.kind === "giving-way" && barrier.to === "quiet");
}

function workersOf(shares: ReadonlyMap<string, Share>, job: QueuedWork): number {
  return shares.get(job.job)?.workers ?? 0;
}

/** What a job is short of, and which of the jobs that get workers have it: no more than there are cores, however long the queue. */
function shortage(job: QueuedWork, share: Share, holders: readonly QueuedWork[]): WaitingReason {
  const of = share.shortOf ?? "cores";
  const isRival = (other: QueuedWork) => other.job !== job.job && (of === "cores" || other.compute === job.compute);
  const others = holders.filter(isRival).map((other) => other.job);
  return { kind: "short", of, compute: job.compute, workers: share.workers, wanted: job.asked, others };
}
