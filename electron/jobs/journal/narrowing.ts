import { crashBudgets } from "../../compute/crash-budgets.ts";
import type { ItemErrorCode, ItemStage } from "../../contract/item-error.ts";
import type { ItemRange } from "../../contract/messages/worker-messages.ts";
import type { WorkerStatus } from "../../contract/messages/worker-status.ts";

/**
 * What is known about a mini-batch that killed workers. A mini-batch without deaths has none of this (`noSuspicion`).
 *
 * A death names a range of items. The range is probed in ever smaller steps, without committing anything, until one
 * item is left; an item that kills twice in a row with nothing beside it is poisoned. Then the mini-batch is scored again as
 * if nothing had happened, minus its poisoned items: probing never decides how rows are grouped into runs, so a worker
 * killed from outside leaves no trace in the output. Only when full runs keep dying although every probe passes (memory)
 * are the runs of this mini-batch made smaller, and that is recorded.
 */
export type Suspicion = {
  /** What to run next before the mini-batch is scored again. */
  readonly probe: { readonly range: ItemRange; readonly step: number } | null;
  /** The last death happened with this item alone in the range. */
  readonly single: { readonly item: number; readonly deaths: number } | null;
  readonly poisoned: readonly PoisonedItem[];
  /** Deaths of full runs since the last poisoned item was found. */
  readonly fullRunDeaths: number;
  /** Rows per run for this mini-batch when it had to be made smaller than the job's batch. */
  readonly batch: number | null;
  /** Deaths in a row that named no range. */
  readonly namelessDeaths: number;
};

export type PoisonedItem = {
  readonly item: number;
  readonly stage: ItemStage;
  readonly code: ItemErrorCode;
  readonly message: string;
};

export const noSuspicion: Suspicion = {
  probe: null,
  single: null,
  poisoned: [],
  fullRunDeaths: 0,
  batch: null,
  namelessDeaths: 0,
};

/** Each probe cuts its range into this many steps: 4,096 items are narrowed to one in three deaths. */
const probeSteps = 16;

export type Death = {
  /** What the worker wrote before it died; null when it was not in a run. */
  readonly status: WorkerStatus | null;
  readonly cause: "died" | "timed-out";
  /** Rows per run that the mini-batch was scored with. */
  readonly batch: number;
};

export type DeathOutcome = {
  readonly suspicion: Suspicion;
  readonly poisoned: PoisonedItem | null;
  /** Runs before the deadly one succeeded, so the model does work on some items. */
  readonly sawSuccess: boolean;
};

export function afterDeath(before: Suspicion, death: Death): DeathOutcome {
  const { status } = death;
  if (status === null) {
    const namelessDeaths = before.namelessDeaths + 1;
    return { suspicion: { ...before, namelessDeaths }, poisoned: null, sawSuccess: false };
  }
  const suspicion = { ...before, namelessDeaths: 0 };
  const size = status.end - status.start;
  const sawSuccess = before.probe !== null && status.start > before.probe.range.start;
  if (size === 1) return { ...afterSingleDeath(suspicion, death, status), sawSuccess };

  const step = Math.ceil(size / probeSteps);
  const narrower = { range: { start: status.start, end: status.end }, step };
  if (before.probe !== null) {
    return { suspicion: { ...suspicion, probe: narrower, single: null }, poisoned: null, sawSuccess };
  }
  const fullRunDeaths = suspicion.fullRunDeaths + 1;
  if (fullRunDeaths >= crashBudgets.fullRuns) {
    const batch = Math.max(1, Math.floor(death.batch / 2));
    return {
      suspicion: { ...suspicion, batch, fullRunDeaths: 0, single: null },
      poisoned: null,
      sawSuccess,
    };
  }
  return { suspicion: { ...suspicion, probe: narrower, single: null, fullRunDeaths }, poisoned: null, sawSuccess };
}

function afterSingleDeath(
  suspicion: Suspicion,
  death: Death,
  status: WorkerStatus,
): { suspicion: Suspicion; poisoned: PoisonedItem | null } {
  const item = status.start;
  const deaths = suspicion.single?.item === item ? suspicion.single.deaths + 1 : 1;
  const rest = suspicion.probe?.range.end ?? item + 1;
  if (deaths < crashBudgets.singleItem) {
    const probe = { range: { start: item, end: rest }, step: 1 };
    return { suspicion: { ...suspicion, probe, single: { item, deaths } }, poisoned: null };
  }
  const poisoned: PoisonedItem =
    death.cause === "timed-out"
      ? { item, stage: stageOf(status), code: "timed-out", message: "The model did not finish this item in time." }
      : { item, stage: stageOf(status), code: "worker-died", message: "The worker process died twice on this item." };
  return {
    suspicion: {
      ...suspicion,
      // Its neighbours go on one by one: where one item kills, the next often does.
      probe: item + 1 < rest ? { range: { start: item + 1, end: rest }, step: 1 } : null,
      single: null,
      poisoned: [...suspicion.poisoned, poisoned],
      fullRunDeaths: 0,
    },
    poisoned,
  };
}

/** The whole probed range ran without a death: the mini-batch is scored again. */
export function afterProbe(before: Suspicion): Suspicion {
  return { ...before, probe: null, single: null, namelessDeaths: 0 };
}

function stageOf(status: WorkerStatus): ItemStage {
  return status.stage === "preprocess" ? "preprocess" : "infer";
}
