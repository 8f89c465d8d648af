import { describe, expect, it } from "vitest";
import type { WorkerStatus } from "../../../electron/contract/messages/worker-status.ts";
import type { Suspicion } from "../../../electron/jobs/journal/narrowing.ts";
import { afterDeath, afterProbe, noSuspicion } from "../../../electron/jobs/journal/narrowing.ts";

/**
 * A worker in miniature: scores (or probes) a mini-batch and dies where a deadly item is in the run. Returns its status
 * at the death, or null when it came through.
 */
function work(suspicion: Suspicion, items: number, batch: number, deadly: ReadonlySet<number>): WorkerStatus | null {
  const poisoned = new Set(suspicion.poisoned.map((entry) => entry.item));
  const range = suspicion.probe?.range ?? { start: 0, end: items };
  const step = suspicion.probe?.step ?? suspicion.batch ?? batch;
  for (let start = range.start; start < range.end; start += step) {
    const end = Math.min(start + step, range.end);
    for (let item = start; item < end; item += 1) {
      if (deadly.has(item) && !poisoned.has(item)) return { miniBatchId: 0, start, end, stage: "infer" };
    }
  }
  return null;
}

function scoreUntilDone(items: number, batch: number, deadly: ReadonlySet<number>) {
  let suspicion = noSuspicion;
  let deaths = 0;
  for (;;) {
    const status = work(suspicion, items, batch, deadly);
    if (status !== null) {
      deaths += 1;
      suspicion = afterDeath(suspicion, { status, cause: "died", batch: suspicion.batch ?? batch }).suspicion;
    } else if (suspicion.probe !== null) suspicion = afterProbe(suspicion);
    else return { poisoned: suspicion.poisoned.map((entry) => entry.item), deaths, suspicion };
    if (deaths > 1000) throw new Error("Narrowing does not end.");
  }
}

describe("narrowing", () => {
  it("finds the one deadly item of 4,096 within five deaths", () => {
    for (const item of [0, 1, 255, 256, 2048, 4095]) {
      const outcome = scoreUntilDone(4096, 4096, new Set([item]));
      expect(outcome.poisoned).toEqual([item]);
      expect(outcome.deaths).toBeLessThanOrEqual(5);
    }
  });

  it("finds every deadly item, also neighbours and first and last ones, and nothing else", () => {
    const deadly = new Set([0, 1, 2, 500, 501, 777, 999]);
    expect(scoreUntilDone(1000, 128, deadly).poisoned.toSorted((a, b) => a - b)).toEqual([...deadly]);
  });

  it("poisons an item only after two deaths in a row with it alone", () => {
    const status: WorkerStatus = { miniBatchId: 0, start: 7, end: 8, stage: "infer" };
    const first = afterDeath(noSuspicion, { status, cause: "died", batch: 1 });
    expect(first.poisoned).toBeNull();
    const elsewhere = afterDeath(first.suspicion, {
      status: { ...status, start: 9, end: 10 },
      cause: "died",
      batch: 1,
    });
    expect(elsewhere.poisoned).toBeNull();
    const again = afterDeath(elsewhere.suspicion, {
      status: { ...status, start: 9, end: 10 },
      cause: "died",
      batch: 1,
    });
    expect(again.poisoned).toMatchObject({ item: 9, stage: "infer", code: "worker-died" });
  });

  it("leaves no trace of a worker that was killed from outside: the mini-batch is scored with the same runs", () => {
    const status: WorkerStatus = { miniBatchId: 0, start: 0, end: 64, stage: "infer" };
    const killed = afterDeath(noSuspicion, { status, cause: "died", batch: 64 }).suspicion;
    const scored = afterProbe(killed);
    expect(scored.probe).toBeNull();
    expect(scored.poisoned).toEqual([]);
    expect(scored.batch).toBeNull();
  });

  it("makes the runs smaller when full ones keep dying although every probe passes", () => {
    const status: WorkerStatus = { miniBatchId: 0, start: 0, end: 64, stage: "infer" };
    let suspicion = noSuspicion;
    for (let death = 0; death < 3; death += 1) {
      suspicion = afterProbe(afterDeath(suspicion, { status, cause: "died", batch: 64 }).suspicion);
    }
    expect(suspicion.batch).toBe(32);
  });

  it("says that a run before the deadly one succeeded, so that a model that always dies is told apart", () => {
    const probing: Suspicion = { ...noSuspicion, probe: { range: { start: 0, end: 16 }, step: 1 } };
    const atOnce = afterDeath(probing, {
      status: { miniBatchId: 0, start: 0, end: 1, stage: "infer" },
      cause: "died",
      batch: 16,
    });
    const later = afterDeath(probing, {
      status: { miniBatchId: 0, start: 5, end: 6, stage: "infer" },
      cause: "died",
      batch: 16,
    });
    expect([atOnce.sawSuccess, later.sawSuccess]).toEqual([false, true]);
  });

  it("counts deaths in a row that named no range", () => {
    const nameless = { status: null, cause: "died", batch: 16 } as const;
    const twice = afterDeath(afterDeath(noSuspicion, nameless).suspicion, nameless).suspicion;
    expect(twice.namelessDeaths).toBe(2);
    const named = afterDeath(twice, {
      status: { miniBatchId: 0, start: 0, end: 4, stage: "infer" },
      cause: "died",
      batch: 16,
    });
    expect(named.suspicion.namelessDeaths).toBe(0);
  });
});
