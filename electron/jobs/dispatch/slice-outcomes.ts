import type { ItemErrorCode, ItemStage } from "../../contract/item-error.ts";
import type { FromWorker } from "../../contract/messages/worker-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobLog } from "../folder/job-log.ts";
import { itemPlace, unitPlace } from "../folder/unit-place.ts";
import type { Journal } from "../journal/journal.ts";
import type { PoisonedItem, Suspicion } from "../journal/narrowing.ts";
import { afterProbe } from "../journal/narrowing.ts";
import { type MiniBatchDeath, verdictOn } from "./blame.ts";
import type { ClaimEnd, GivingUp, UnitToDo } from "../journal/to-do-table.ts";

/**
 * What becomes of a mini-batch that was not committed: it is tried again, looked at more closely, or given up. Each answer
 * is journalled before it is returned; the caller ends the claim and puts the mini-batch back into the queue.
 */
export type SliceOutcomes = {
  /** The worker lives and could not finish it. */
  readonly afterFailure: (todo: UnitToDo, failure: Extract<FromWorker, { type: "unit-failed" }>) => UnitToDo;
  readonly afterProbe: (todo: UnitToDo) => UnitToDo;
  /** A worker died, and this mini-batch is to blame. */
  readonly afterDeath: (todo: UnitToDo, death: MiniBatchDeath) => DeathOutcome;
};

export type DeathOutcome = {
  readonly todo: UnitToDo;
  readonly claim: ClaimEnd;
  readonly poisoned: PoisonedItem | null;
  readonly sawSuccess: boolean;
};

export function createSliceOutcomes(spec: JobSpec, journal: Journal, log: JobLog): SliceOutcomes {
  const { max_retries: maxRetries } = spec.settings.retry_settings;

  /** An attempt failed and counts. Once there are none left, every item of the mini-batch is recorded as failed. */
  function countAttempt(todo: UnitToDo, code: ItemErrorCode, stage: ItemStage, message: string): UnitToDo {
    const attempts = todo.attempts + 1;
    const place = unitPlace(todo.unit);
    if (attempts > maxRetries) return giveUp({ ...todo, attempts }, { code, stage, message });
    log.warning(`${place}: attempt ${attempts} of ${maxRetries + 1} failed, and it is tried again: ${message}`);
    return { ...todo, attempts };
  }

  function giveUp(todo: UnitToDo, reason: GivingUp): UnitToDo {
    journal.setGivingUp(todo.unit.id, reason);
    log.warning(`${unitPlace(todo.unit)}: given up after ${todo.attempts} failed attempts: ${reason.message}`);
    return { ...todo, givingUp: reason };
  }

  function suspect(todo: UnitToDo, suspicion: Suspicion): UnitToDo {
    journal.setSuspicion(todo.unit.id, suspicion);
    return { ...todo, suspicion };
  }

  return {
    afterFailure: (todo, { stage, code, message }) => countAttempt(todo, code ?? "retries-exhausted", stage, message),

    afterProbe: (todo) => suspect(todo, afterProbe(todo.suspicion)),

    afterDeath(todo, death) {
      const verdict = verdictOn(todo, death, spec);
      const nothingFound = { poisoned: null, sawSuccess: false };
      switch (verdict.kind) {
        case "attempt-failed": {
          const counted = countAttempt(todo, verdict.code, "infer", verdict.message);
          return { todo: counted, claim: "attempt-failed", ...nothingFound };
        }
        case "hopeless": {
          const { stage, message, suspicion } = verdict;
          const givenUp = giveUp(suspect(todo, suspicion), { code: "worker-died", stage, message });
          return { todo: givenUp, claim: "given-back", ...nothingFound };
        }
        case "suspected": {
          const { poisoned, sawSuccess } = verdict;
          const suspected = suspect(todo, verdict.suspicion);
          if (poisoned !== null) log.warning(`${itemPlace(todo.unit, poisoned.item)} fails: ${poisoned.message}`);
          const { batch } = suspected.suspicion;
          if (batch !== null && batch !== todo.suspicion.batch) {
            const why = "full runs kept ending the worker, though all of their rows passed in smaller ones";
            log.warning(`${unitPlace(todo.unit)}: runs of ${batch} rows from here on, since ${why}.`);
          }
          return { todo: suspected, claim: "given-back", poisoned, sawSuccess };
        }
      }
    },
  };
}
