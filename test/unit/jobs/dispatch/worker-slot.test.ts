import { describe, expect, it } from "vitest";
import type { Worker } from "../../../../electron/compute/worker.ts";
import type { JobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import { claimOf } from "../../../../electron/jobs/dispatch/claimed-mini-batch.ts";
import {
  createSlot,
  isLate,
  type Slot,
  startHead,
  startSeconds,
} from "../../../../electron/jobs/dispatch/worker-slot.ts";
import { noSuspicion } from "../../../../electron/jobs/journal/narrowing.ts";

type Rules = Pick<JobSpec, "scorer" | "settings">;
const rules = (kind: "tabular" | "script", timeout: number | null): Rules =>
  ({ scorer: { kind }, settings: { retry_settings: { max_retries: 3, timeout } } }) as unknown as Rules;

const part = { file: "a.csv", sizeBytes: 9, modifiedMs: 1, start: 0, end: 9, firstRow: 1, items: 9, problem: null };
const todo = {
  miniBatch: { id: 7, items: 9, parts: [part] as [typeof part] },
  bytes: 9,
  attempts: 0,
  suspicion: noSuspicion,
  givingUp: null,
};

const slotAt = (nowMs: number): Slot => createSlot({ id: "worker-1" } as Worker, "1-1.segment", "1-1.status", nowMs);

function readySlot(nowMs: number): Slot {
  const slot = slotAt(nowMs);
  slot.phase.move("ready");
  slot.claimed = [claimOf(todo)];
  startHead(slot, nowMs);
  return slot;
}

/** The seconds after which it is late, from `fromMs` on. */
function lateAfter(slot: Slot, fromMs: number, spec: Rules): number {
  for (let seconds = 0; seconds <= 1000; seconds += 1)
    if (isLate(slot, fromMs + seconds * 1000 + 1, spec)) return seconds;
  return Number.POSITIVE_INFINITY;
}

describe("the time of a worker", () => {
  it("to become ready is two minutes, and by the timeout for the init() of a script", () => {
    expect(lateAfter(slotAt(5000), 5000, rules("tabular", 1))).toBe(120);
    expect(startSeconds(rules("script", null))).toBe(120);
    expect(lateAfter(slotAt(5000), 5000, rules("script", 10))).toBe(60);
  });

  it("for a mini-batch is the timeout of the YAML, whatever progress there is", () => {
    const slot = readySlot(0);
    slot.lastAdvanceMs = 9000;
    expect(lateAfter(slot, 0, rules("tabular", 10))).toBe(10);
  });

  it("for one item is thirty seconds where the YAML gives no timeout", () => {
    const slot = readySlot(0);
    slot.lastAdvanceMs = 9000;
    expect(lateAfter(slot, 0, rules("tabular", null))).toBe(39);
  });

  it("for run() of a script begins when it is called, and its start before that has the time of a start", () => {
    const slot = readySlot(0);
    expect(lateAfter(slot, 0, rules("script", 10))).toBe(60);
    slot.running = { miniBatchId: 7, sinceMs: 20_000 };
    expect(lateAfter(slot, 0, rules("script", 10))).toBe(30);
  });

  it("has no limit while it holds nothing", () => {
    const slot = readySlot(0);
    slot.claimed = [];
    expect(lateAfter(slot, 0, rules("tabular", 1))).toBe(Number.POSITIVE_INFINITY);
  });
});
