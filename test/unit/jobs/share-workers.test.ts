import { describe, expect, it } from "vitest";
import type { Holding, Wish } from "../../../electron/jobs/queue/share-workers.ts";
import { grantsNow, shareWorkers } from "../../../electron/jobs/queue/share-workers.ts";
import { seededRandom } from "../../helpers/random.ts";
import { instancesOf } from "../../../electron/jobs/folder/instances.ts";

/** "b2 low 3/2 on c": job b2, of that priority, wants 3 workers, 2 make an instance, on compute c. `~`: low-priority tier. */
function wish(text: string): Wish {
  const match = /^(~?)(\w+)(?: (low|medium|high))? (\d+)(?:\/(\d+))?(?: on (\w+))?$/.exec(text);
  if (match === null) throw new Error(`not a wish: ${text}`);
  const [, tilde, job = "", priority = "medium", wanted, perInstance = "1", compute = "local"] = match;
  return {
    job,
    compute,
    tier: tilde === "~" ? "low_priority" : "dedicated",
    priority: priority as Wish["priority"],
    wanted: Number(wanted),
    perInstance: Number(perInstance),
  };
}

function capacity(cores: number, sizes: Readonly<Record<string, number>> = {}) {
  return { cores, instancesOf: (compute: string) => sizes[compute] ?? Number.POSITIVE_INFINITY };
}

describe("sharing out workers", () => {
  const rows: readonly {
    readonly what: string;
    readonly cores: number;
    readonly sizes?: Readonly<Record<string, number>>;
    readonly wishes: readonly string[];
    readonly workers: readonly number[];
  }[] = [
    { what: "one job takes what it wants", cores: 4, wishes: ["a 3"], workers: [3] },
    { what: "one job takes no more than there is", cores: 2, wishes: ["a 8"], workers: [2] },
    { what: "jobs of a class share alike", cores: 4, wishes: ["a 4", "b 4"], workers: [2, 2] },
    {
      what: "what is left over goes to the first in the queue",
      cores: 5,
      wishes: ["a 5", "b 5", "c 5"],
      workers: [2, 2, 1],
    },
    { what: "what one cannot use the others get", cores: 8, wishes: ["a 1", "b 8", "c 2"], workers: [1, 5, 2] },
    { what: "each gets one before any gets a second", cores: 3, wishes: ["a 3", "b 3", "c 3"], workers: [1, 1, 1] },
    { what: "no more jobs work than there are cores", cores: 2, wishes: ["a 2", "b 2", "c 2"], workers: [1, 1, 0] },
    { what: "a higher priority comes first", cores: 3, wishes: ["a 2", "b high 2"], workers: [1, 2] },
    { what: "a lower priority comes last", cores: 2, wishes: ["a low 2", "b 2", "c 1"], workers: [0, 1, 1] },
    {
      what: "dedicated work comes before low-priority work of any priority",
      cores: 2,
      wishes: ["~a high 2", "b low 2"],
      workers: [0, 2],
    },
    { what: "low-priority work takes what dedicated work leaves", cores: 4, wishes: ["~a 4", "b 1"], workers: [3, 1] },
    { what: "who wants nothing gets nothing", cores: 2, wishes: ["a 0", "b 2"], workers: [0, 2] },
    {
      what: "jobs on one compute share its instances",
      cores: 8,
      sizes: { c: 3 },
      wishes: ["a 8 on c", "b 8 on c"],
      workers: [2, 1],
    },
    {
      what: "jobs on different computes share only the cores",
      cores: 4,
      sizes: { c: 1, d: 3 },
      wishes: ["a 4 on c", "b 4 on d"],
      workers: [1, 3],
    },
    {
      what: "a full compute leaves its cores to others",
      cores: 4,
      sizes: { c: 1 },
      wishes: ["a 4 on c", "b 4 on c", "e 4"],
      workers: [1, 0, 3],
    },
    {
      what: "an instance holds as many workers as it was made for",
      cores: 8,
      sizes: { c: 2 },
      wishes: ["a 6/3 on c"],
      workers: [6],
    },
    {
      what: "an instance that is begun may be filled",
      cores: 8,
      sizes: { c: 2 },
      wishes: ["a 6/3 on c", "b 6/3 on c"],
      workers: [3, 3],
    },
    {
      what: "an instance belongs to one job",
      cores: 8,
      sizes: { c: 1 },
      wishes: ["a 1/4 on c", "b 4/4 on c"],
      workers: [1, 0],
    },
  ];
  it.each(rows)("$what", ({ cores, sizes, wishes, workers }) => {
    const shares = shareWorkers(wishes.map(wish), capacity(cores, sizes));
    expect([...shares.values()].map((share) => share.workers)).toEqual(workers);
  });

  it("says what there was too little of", () => {
    const wishes = ["a 2 on c", "b 2 on c", "d 9", "e 1"].map(wish);
    const shares = shareWorkers(wishes, capacity(6, { c: 3 }));
    expect(Object.fromEntries([...shares].map(([job, share]) => [job, share.shortOf]))).toEqual({
      a: null,
      b: "instances",
      d: "cores",
      e: null,
    });
    expect(shareWorkers(["a 2 on c"].map(wish), capacity(6, { c: 1 })).get("a")).toEqual({
      workers: 1,
      shortOf: "instances",
    });
  });

  it("never gives more than there is, wastes nothing and never serves a lower class before a higher one", () => {
    const random = seededRandom(20_260_101);
    const oneOf = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
    for (let round = 0; round < 2000; round++) {
      const cores = 1 + Math.floor(random() * 9);
      const sizes = { c: 1 + Math.floor(random() * 4), d: 1 + Math.floor(random() * 4) };
      const wishes: Wish[] = Array.from({ length: Math.floor(random() * 7) }, (_, index) => ({
        job: `job-${index}`,
        compute: oneOf(["c", "d", "local"]),
        tier: oneOf(["dedicated", "low_priority"]),
        priority: oneOf(["low", "medium", "high"]),
        wanted: Math.floor(random() * 6),
        perInstance: oneOf([1, 2, 3]),
      }));
      const limits = capacity(cores, sizes);
      const shares = shareWorkers(wishes, limits);
      const workers = (job: string) => shares.get(job)?.workers ?? 0;
      const used = (compute: string) =>
        wishes
          .filter((each) => each.compute === compute)
          .reduce((sum, each) => sum + instancesOf(workers(each.job), each.perInstance), 0);
      const total = wishes.reduce((sum, each) => sum + workers(each.job), 0);
      expect(total).toBeLessThanOrEqual(cores);
      for (const compute of ["c", "d"] as const) expect(used(compute)).toBeLessThanOrEqual(sizes[compute]);
      const canGrow = (each: Wish) =>
        workers(each.job) < each.wanted &&
        used(each.compute) -
          instancesOf(workers(each.job), each.perInstance) +
          instancesOf(workers(each.job) + 1, each.perInstance) <=
          limits.instancesOf(each.compute);
      const rank = (each: Wish) =>
        (each.tier === "dedicated" ? 0 : 3) + ["high", "medium", "low"].indexOf(each.priority);
      for (const each of wishes) {
        expect(workers(each.job)).toBeLessThanOrEqual(each.wanted);
        if (!canGrow(each)) continue;
        expect(total).toBe(cores);
        const richerBelow = wishes.filter((other) => rank(other) > rank(each) && workers(other.job) > 0);
        expect(richerBelow).toEqual([]);
        const richerBeside = wishes.filter(
          (other) => rank(other) === rank(each) && workers(other.job) > workers(each.job) + 1,
        );
        expect(richerBeside).toEqual([]);
      }
    }
  });
});

describe("granting shares while others still hold workers", () => {
  const wishes = ["a 2 on c", "b high 2 on c"].map(wish);
  const holding = (job: string, workers: number, perInstance = 1): Holding => ({
    job,
    compute: "c",
    perInstance,
    workers,
  });
  const limits = capacity(2, { c: 2 });
  const shares = shareWorkers(wishes, limits);

  it("waits for workers that are on their way out", () => {
    expect([...grantsNow(wishes, shares, [holding("a", 2)], limits)]).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
    expect([...grantsNow(wishes, shares, [holding("a", 1)], limits)]).toEqual([
      ["a", 0],
      ["b", 1],
    ]);
    expect([...grantsNow(wishes, shares, [], limits)]).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });

  it("counts what a job holds that wants nothing any more", () => {
    expect([...grantsNow(wishes, shares, [holding("gone", 2)], limits)]).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
  });

  it("counts the instances that are still held, not only the cores", () => {
    const wide = capacity(8, { c: 2 });
    const granted = grantsNow(wishes, shareWorkers(wishes, wide), [holding("gone", 1, 4)], wide);
    expect([...granted]).toEqual([
      ["a", 0],
      ["b", 1],
    ]);
  });
});
