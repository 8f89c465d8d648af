import type { JobPriority } from "../../contract/nouns/deployment.ts";
import { instancesOf } from "../folder/instances.ts";

/**
 * Who gets how many workers, decided from plain facts. Dedicated work comes before low-priority work, a higher priority
 * before a lower one; what one class cannot use goes to the next. Within a class every job gets a worker before any gets
 * a second, and so on; the earlier in the queue, the sooner its turn. Nothing that can be used stays unused.
 */

/** A job that could use workers now. */
export type Wish = {
  readonly job: string;
  readonly compute: string;
  readonly tier: "dedicated" | "low_priority";
  readonly priority: JobPriority;
  /** Worker processes that it could use; 0 wants nothing. */
  readonly wanted: number;
  /** Workers that make one instance of its compute. */
  readonly perInstance: number;
};

export type Capacity = {
  readonly cores: number;
  /** Instances that a compute may have in use at once, over all its jobs; infinite when nobody limited it. */
  readonly instancesOf: (compute: string) => number;
};

export type Share = {
  readonly workers: number;
  /** What there was too little of, when it got fewer workers than it wanted. */
  readonly shortOf: "cores" | "instances" | null;
};

/** Workers that a job has in use, or that are on their way out. */
export type Holding = Pick<Wish, "job" | "compute" | "perInstance"> & { readonly workers: number };

const tiers: readonly Wish["tier"][] = ["dedicated", "low_priority"];
const priorities: readonly JobPriority[] = ["high", "medium", "low"];

/** The fair share of each wish, by job. `wishes` are in queue order. The sum is at most `capacity.cores`. */
export function shareWorkers(wishes: readonly Wish[], capacity: Capacity): ReadonlyMap<string, Share> {
  const room = roomOf(capacity);
  const shares = new Map(wishes.map(({ job }) => [job, 0]));
  for (const tier of tiers) {
    for (const priority of priorities) {
      let growing = wishes.filter((wish) => wish.tier === tier && wish.priority === priority);
      while (growing.length > 0) {
        growing = growing.filter((wish) => {
          const workers = shares.get(wish.job) ?? 0;
          if (workers >= wish.wanted || !room.take(wish, workers)) return false;
          shares.set(wish.job, workers + 1);
          return true;
        });
      }
    }
  }
  return new Map(
    wishes.map((wish) => {
      const workers = shares.get(wish.job) ?? 0;
      return [wish.job, { workers, shortOf: workers >= wish.wanted ? null : room.shortOf(wish, workers) }];
    }),
  );
}

/**
 * How many workers each job may have at this moment: its share, as far as the workers and instances that others have to
 * give up for it are gone already. So the machine and each compute are never over their size, not even while shares change.
 */
export function grantsNow(
  wishes: readonly Wish[],
  shares: ReadonlyMap<string, Share>,
  holdings: readonly Holding[],
  capacity: Capacity,
): ReadonlyMap<string, number> {
  const room = roomOf(capacity);
  const held = new Map<string, number>();
  for (const holding of holdings) {
    room.hold(holding);
    held.set(holding.job, holding.workers);
  }
  return new Map(
    wishes.map((wish) => {
      const share = shares.get(wish.job)?.workers ?? 0;
      let workers = Math.min(share, held.get(wish.job) ?? 0);
      while (workers < share && room.take(wish, workers)) workers += 1;
      return [wish.job, workers];
    }),
  );
}

function roomOf(capacity: Capacity) {
  let freeCores = capacity.cores;
  const instances = new Map<string, number>();
  const hasInstance = ({ compute, perInstance }: Pick<Wish, "compute" | "perInstance">, workers: number) => {
    const more = instancesOf(workers + 1, perInstance) - instancesOf(workers, perInstance);
    return (instances.get(compute) ?? 0) + more <= capacity.instancesOf(compute);
  };
  const count = ({ compute, perInstance }: Pick<Wish, "compute" | "perInstance">, from: number, to: number) => {
    const more = instancesOf(to, perInstance) - instancesOf(from, perInstance);
    instances.set(compute, (instances.get(compute) ?? 0) + more);
    freeCores -= to - from;
  };
  return {
    hold(holding: Holding): void {
      count(holding, 0, holding.workers);
    },
    /** One more worker for a job that has `workers`; false when there is no room. */
    take(wish: Wish, workers: number): boolean {
      if (freeCores <= 0 || !hasInstance(wish, workers)) return false;
      count(wish, workers, workers + 1);
      return true;
    },
    shortOf: (wish: Wish, workers: number): "cores" | "instances" =>
      hasInstance(wish, workers) ? "cores" : "instances",
  };
}
