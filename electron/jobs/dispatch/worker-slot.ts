import { createPhase, type PhaseMoves, type PhaseOf } from "../../compute/phase.ts";
import type { Worker } from "../../compute/worker.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { ClaimedMiniBatch } from "./claimed-mini-batch.ts";

/**
 * The life of one worker in a job:
 *
 * | phase    | what it does                   | moves to | when                                                     |
 * |----------|--------------------------------|----------|----------------------------------------------------------|
 * | starting | loads the model or the script  | ready    | it says that the job is open                             |
 * |          |                                | gone     | it died, or its init() failed and it went back           |
 * | ready    | works on what it holds         | closing  | it holds nothing and has to depart                       |
 * |          |                                | gone     | it died                                                  |
 * | closing  | closes its files               | gone     | it said that they are closed and went back, or it died   |
 * | gone     | nothing                        |          |                                                          |
 *
 * Limits: `startSeconds` while starting, the timeout of the job while ready (see `isLate`).
 */
export type SlotPhase = "starting" | "ready" | "closing" | "gone";

export const slotMoves: PhaseMoves<SlotPhase> = {
  starting: ["ready", "gone"],
  ready: ["closing", "gone"],
  closing: ["gone"],
  gone: [],
};

/**
 * Why a worker has to depart before the job is done with it; each may follow those before it.
 *
 * - `leaving`: there are more workers than allowed. It gets nothing new, and is killed at `byMs` on the active clock. It
 *   may stay after all when more are allowed before that.
 * - `stopping`: the job stops. It may finish what it holds.
 * - `timed-out`: it ran out of time and was killed.
 */
export type Departure =
  | { readonly kind: "leaving"; readonly byMs: number }
  | { readonly kind: "stopping" }
  | { readonly kind: "timed-out" };

export type Slot = {
  readonly worker: Worker;
  readonly segment: string;
  readonly statusFile: string;
  readonly phase: PhaseOf<SlotPhase>;
  /** Null for a worker that stays. */
  departure: Departure | null;
  /** In the order in which they were sent; the first is being worked on. */
  claimed: readonly ClaimedMiniBatch[];
  /** On the active clock: when the first claimed mini-batch got its turn, and when it last finished an item. */
  headSinceMs: number;
  lastAdvanceMs: number;
  /** The mini-batch that the worker last reported on, and since when. A script reports when its run() is called. */
  running: { readonly miniBatchId: number; readonly sinceMs: number } | null;
  itemsDone: number;
  itemsFailed: number;
};

export function createSlot(worker: Worker, segment: string, statusFile: string, nowMs: number): Slot {
  return {
    worker,
    segment,
    statusFile,
    phase: createPhase(worker.id, slotMoves, "starting"),
    departure: null,
    claimed: [],
    headSinceMs: nowMs,
    lastAdvanceMs: nowMs,
    running: null,
    itemsDone: 0,
    itemsFailed: 0,
  };
}

/** Seconds without a finished item, where the YAML gives no timeout. */
export const implicitTimeoutSeconds = 30;
const defaultStartSeconds = 120;

/** Time to become ready. The init() of a script has as much as Azure ML gives it: two minutes at the default timeout. */
export function startSeconds({ scorer, settings }: Pick<JobSpec, "scorer" | "settings">): number {
  if (scorer.kind !== "script") return defaultStartSeconds;
  return 3 * (settings.retry_settings.timeout ?? implicitTimeoutSeconds) + 30;
}

/** The first of the claimed mini-batches has its turn from now on. */
export function startHead(slot: Slot, nowMs: number): void {
  slot.headSinceMs = nowMs;
  slot.lastAdvanceMs = nowMs;
  slot.itemsDone = 0;
  slot.itemsFailed = 0;
}

/**
 * Has run out of time: to become ready, to finish the mini-batch in hand, or (no timeout in the YAML) to finish any item.
 * Of a script only run() is timed; what comes before it in a mini-batch is the start of a script that had ended.
 */
export function isLate(slot: Slot, nowMs: number, spec: Pick<JobSpec, "scorer" | "settings">): boolean {
  const startMs = startSeconds(spec) * 1000;
  if (slot.phase.is("starting")) return nowMs - slot.lastAdvanceMs > startMs;
  const [head] = slot.claimed;
  if (head === undefined) return false;
  const { timeout } = spec.settings.retry_settings;
  if (spec.scorer.kind === "script") {
    return slot.running?.miniBatchId === head.todo.miniBatch.id
      ? nowMs - slot.running.sinceMs > (timeout ?? implicitTimeoutSeconds) * 1000
      : nowMs - slot.headSinceMs > startMs;
  }
  return timeout === null
    ? nowMs - slot.lastAdvanceMs > implicitTimeoutSeconds * 1000
    : nowMs - slot.headSinceMs > timeout * 1000;
}
