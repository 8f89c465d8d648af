import type { ProcessExit } from "../../compute/process-host.ts";
import type { Worker } from "../../compute/worker.ts";
import { lastWords } from "../../compute/worker.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { ToWorker } from "../../contract/messages/worker-messages.ts";
import type { UnitToDo } from "../journal/journal.ts";
import { implicitTimeoutSeconds } from "./unit-fates.ts";
import { itemPlace, unitPlace } from "../folder/unit-place.ts";

/** A unit that a worker has in hand, and what it was asked to do with it. */
export type Claimed = { readonly todo: UnitToDo; readonly kind: "score" | "probe" | "give-up" };

/** One worker of a job: starting (process and model are loading) → ready → closing (the job is done with it). */
export type Slot = {
  readonly worker: Worker;
  readonly segment: string;
  readonly statusFile: string;
  state: "starting" | "ready" | "closing";
  /** In the order in which they were sent; the first is being worked on. */
  claimed: Claimed[];
  timedOut: boolean;
  /** On the active clock: when a worker that has to leave is ended; null for one that may stay. */
  leaveByMs: number | null;
  /** On the active clock: when the first claimed unit got its turn, and when it last finished an item. */
  headSinceMs: number;
  lastAdvanceMs: number;
  /** The unit that the worker last said it was at, and since when. A script says so when its run() is called. */
  running: { readonly unitId: number; readonly sinceMs: number } | null;
  itemsDone: number;
  itemsFailed: number;
};

const usualStartSeconds = 120;

/** Time to become ready. A script's init() has as much as Azure ML gives it, which is as much at the usual timeout. */
export function startSeconds({ scorer, settings }: Pick<JobSpec, "scorer" | "settings">): number {
  if (scorer.kind !== "script") return usualStartSeconds;
  return 3 * (settings.retry_settings.timeout ?? implicitTimeoutSeconds) + 30;
}

/** The first of the claimed units has its turn from now on. */
export function startHead(slot: Slot, nowMs: number): void {
  slot.headSinceMs = nowMs;
  slot.lastAdvanceMs = nowMs;
  slot.itemsDone = 0;
  slot.itemsFailed = 0;
}

/**
 * Has run out of time: to become ready, to finish the unit in hand, or (no time-out in the YAML) to finish any item. Of a
 * script run() alone is timed; what is done before that in a unit is starting a script that had ended.
 */
export function isLate(slot: Slot, nowMs: number, spec: Pick<JobSpec, "scorer" | "settings">): boolean {
  const startMs = startSeconds(spec) * 1000;
  if (slot.state === "starting") return nowMs - slot.lastAdvanceMs > startMs;
  const [head] = slot.claimed;
  if (head === undefined) return false;
  const { timeout } = spec.settings.retry_settings;
  if (spec.scorer.kind === "script") {
    return slot.running?.unitId === head.todo.unit.id
      ? nowMs - slot.running.sinceMs > (timeout ?? implicitTimeoutSeconds) * 1000
      : nowMs - slot.headSinceMs > startMs;
  }
  return timeout === null
    ? nowMs - slot.lastAdvanceMs > implicitTimeoutSeconds * 1000
    : nowMs - slot.headSinceMs > timeout * 1000;
}

/** Killed workers already: it is worked on alone, so that a death takes nothing else with it. */
export function isSuspect(todo: UnitToDo): boolean {
  const { probe, poisoned, fullRunDeaths, namelessDeaths } = todo.suspicion;
  return probe !== null || poisoned.length > 0 || fullRunDeaths > 0 || namelessDeaths > 0;
}

/** What there is to do with a unit next. */
export function claimOf(todo: UnitToDo): Claimed {
  return { todo, kind: todo.givingUp !== null ? "give-up" : todo.suspicion.probe !== null ? "probe" : "score" };
}

/** The message that asks for it. `batch`: rows per run. */
export function requestFor({ todo, kind }: Claimed, batch: number): ToWorker {
  const { unit, suspicion, givingUp } = todo;
  if (kind === "give-up" && givingUp !== null) return { type: "fail-unit", unit, ...givingUp };
  if (kind === "probe" && suspicion.probe !== null) {
    const { range, step } = suspicion.probe;
    return { type: "probe-unit", unit, poisoned: suspicion.poisoned.map((poisoned) => poisoned.item), range, step };
  }
  return { type: "score-unit", unit, attempt: todo.attempts + 1, poisoned: [...suspicion.poisoned], batch };
}

/** "ended (SIGFPE) at stage infer of mini-batch 1 (a.csv), from a.csv, row 17 to a.csv, row 32." */
export function describeDeath(spec: JobSpec, slot: Slot, exit: ProcessExit): string {
  const cause = exit.signal ?? (exit.code === null ? "it could not be started" : `exit ${exit.code}`);
  const how = slot.timedOut ? "ran out of time and was ended" : `ended (${cause})`;
  if (slot.state === "starting") return `${how} before it was ready.`;
  const words = lastWords(slot.statusFile);
  const named = slot.claimed.find((claimed) => claimed.todo.unit.id === words?.unitId);
  if (words === null || named === undefined) return `${how} between mini-batches.`;
  const { unit } = named.todo;
  if (spec.scorer.kind === "script") return `${how} while the script had ${unitPlace(unit)}.`;
  if (words.end === words.start) return `${how} while it read or wrote ${unitPlace(unit)}.`;
  const range = `from ${itemPlace(unit, words.start)} to ${itemPlace(unit, words.end - 1)}`;
  return `${how} at stage ${words.stage} of ${unitPlace(unit)}, ${range}.`;
}
