import type { CrashCause } from "../../compute/crash-budgets.ts";
import { crashBudgets } from "../../compute/crash-budgets.ts";
import type { ProcessExit } from "../../compute/process-host.ts";
import type { ItemErrorCode, ItemStage } from "../../contract/item-error.ts";
import type { WorkerStatus } from "../../contract/messages/worker-status.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { itemPlace, miniBatchPlace } from "../folder/mini-batch-place.ts";
import type { PoisonedItem, Suspicion } from "../journal/narrowing.ts";
import { afterDeath } from "../journal/narrowing.ts";
import type { ClaimedMiniBatch } from "./claimed-mini-batch.ts";
import { implicitTimeoutSeconds, type SlotPhase } from "./worker-slot.ts";
import type { MiniBatchToDo } from "../journal/to-do-table.ts";

/** What is known about a worker that died. */
export type WorkerDeath = {
  /** The phase that it died in. */
  readonly phase: SlotPhase;
  /** `sent-away`: it had to depart anyway. `timed-out`: it was killed because it had run out of time. */
  readonly cause: CrashCause | "sent-away" | "timed-out";
  readonly exit: ProcessExit;
  readonly claimed: readonly ClaimedMiniBatch[];
  /** The last page of its status file; null when that names no mini-batch. */
  readonly status: WorkerStatus | null;
};

/** Who is to blame for a death. */
export type Blame =
  | { readonly kind: "nobody" }
  /** The model, the script or the device: it was not ready yet. */
  | { readonly kind: "start" }
  /** Unknown: it held mini-batches, and was at work on none of them. */
  | { readonly kind: "between-mini-batches" }
  /** `run`: the items that it was at; null when it was in the mini-batch but in none of its runs. */
  | { readonly kind: "mini-batch"; readonly todo: MiniBatchToDo; readonly run: WorkerStatus | null };

export function blameFor({ phase, cause, claimed, status }: WorkerDeath): Blame {
  if (cause === "sent-away") return { kind: "nobody" };
  if (phase === "starting") return { kind: "start" };
  const named = claimed.find(({ todo }) => todo.miniBatch.id === status?.miniBatchId);
  // One that ran out of time had the first in hand, whether it noted that or not.
  const blamed = named ?? (cause === "timed-out" ? claimed[0] : undefined);
  if (blamed !== undefined) {
    const isInRun = named !== undefined && status !== null && isRunOf(status, named.todo);
    return { kind: "mini-batch", todo: blamed.todo, run: isInRun ? status : null };
  }
  return { kind: claimed.length > 0 ? "between-mini-batches" : "nobody" };
}

/** Whether a status names items that the mini-batch has: the file may hold anything. */
function isRunOf({ start, end }: WorkerStatus, { miniBatch }: MiniBatchToDo): boolean {
  return start < end && end <= miniBatch.items;
}

/** A driver may be at fault where one item alone seems to be deadly: the CPU is tried before the item is blamed. */
export function mayBeDriver(run: WorkerStatus | null, cause: WorkerDeath["cause"]): boolean {
  return cause === "own" && run !== null && run.end - run.start === 1;
}

export type MiniBatchDeath = {
  readonly run: WorkerStatus | null;
  readonly cause: CrashCause | "timed-out";
  /** Rows per run that the mini-batch was worked on with. */
  readonly batch: number;
};

/** What a death means for the mini-batch that is to blame for it. */
export type Verdict =
  /** The attempt failed, rather than being cut short, and counts. */
  | { readonly kind: "attempt-failed"; readonly code: ItemErrorCode; readonly message: string }
  /** The items at fault are looked for: that uses no attempt. */
  | {
      readonly kind: "suspected";
      readonly suspicion: Suspicion;
      readonly poisoned: PoisonedItem | null;
      readonly sawSuccess: boolean;
    }
  /** There is nothing to look for, and there were too many: it is given up. */
  | { readonly kind: "hopeless"; readonly suspicion: Suspicion; readonly stage: ItemStage; readonly message: string };

export function verdictOn(
  todo: MiniBatchToDo,
  death: MiniBatchDeath,
  spec: Pick<JobSpec, "scorer" | "settings">,
): Verdict {
  const { run, cause, batch } = death;
  const { timeout } = spec.settings.retry_settings;
  if (cause === "timed-out" && (run === null || timeout !== null)) {
    const message = `No progress update in ${timeout ?? implicitTimeoutSeconds} seconds.`;
    return { kind: "attempt-failed", code: "timed-out", message };
  }
  if (spec.scorer.kind === "script" && cause === "own") {
    // Which of its files was at fault cannot be searched for: a script is given its mini-batch whole.
    return { kind: "attempt-failed", code: "script-exited", message: "The script ended its worker process." };
  }
  const narrowed = afterDeath(todo.suspicion, {
    status: run,
    cause: cause === "timed-out" ? "timed-out" : "died",
    batch,
  });
  const { suspicion } = narrowed;
  const max = crashBudgets.namelessOfMiniBatch[cause === "outside" ? "outside" : "own"];
  if (suspicion.namelessDeaths < max) return { kind: "suspected", ...narrowed };
  const message = "The worker process kept dying while it read this mini-batch.";
  return { kind: "hopeless", suspicion, stage: "read", message };
}

/** "ended (SIGFPE) at stage infer of mini-batch 1 (a.csv), from a.csv, row 17 to a.csv, row 32." */
export function describeDeath(
  { phase, cause, exit, claimed, status }: WorkerDeath,
  scorer: JobSpec["scorer"]["kind"],
): string {
  const reason = exit.signal ?? (exit.code === null ? "it could not be started" : `exit ${exit.code}`);
  const how = cause === "timed-out" ? "ran out of time and was ended" : `ended (${reason})`;
  if (phase === "starting") return `${how} before it was ready.`;
  const named = claimed.find(({ todo }) => todo.miniBatch.id === status?.miniBatchId);
  if (status === null || named === undefined) return `${how} between mini-batches.`;
  const { miniBatch } = named.todo;
  if (scorer === "script") return `${how} while the script had ${miniBatchPlace(miniBatch)}.`;
  if (!isRunOf(status, named.todo)) return `${how} while it read or wrote ${miniBatchPlace(miniBatch)}.`;
  const range = `from ${itemPlace(miniBatch, status.start)} to ${itemPlace(miniBatch, status.end - 1)}`;
  return `${how} at stage ${status.stage} of ${miniBatchPlace(miniBatch)}, ${range}.`;
}
