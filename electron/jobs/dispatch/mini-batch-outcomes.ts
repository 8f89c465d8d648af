import type { ItemErrorCode, ItemStage } from "../../contract/item-error.ts";
import type { FromWorker } from "../../contract/messages/worker-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobLog } from "../folder/job-log.ts";
import { itemPlace, miniBatchPlace } from "../folder/mini-batch-place.ts";
import type { Journal } from "../journal/journal.ts";
import type { PoisonedItem, Suspicion } from "../journal/narrowing.ts";
import { afterProbe } from "../journal/narrowing.ts";
import { type MiniBatchDeath, verdictOn } from "./blame.ts";
import type { ClaimEnd, GivingUp, MiniBatchToDo } from "../journal/to-do-table.ts";

/**
 * What becomes of a mini-batch that was not committed: it is tried again, looked at more closely, or given up. Each answer
 * is journalled before it is returned; the caller ends the claim and puts the mini-batch back into the queue.
 */
export type MiniBatchOutcomes = {
  /** The worker lives and could not finish it. */
  readonly afterFailure: (
    todo: MiniBatchToDo,
    failure: Extract<FromWorker, { type: "mini-batch-failed" }>,
  ) => MiniBatchToDo;
  readonly afterProbe: (todo: MiniBatchToDo) => MiniBatchToDo;
  /** A worker died, and this mini-batch is to blame. */
  readonly afterDeath: (todo: MiniBatchToDo, death: MiniBatchDeath) => DeathOutcome;
};

export type DeathOutcome = {
  readonly todo: MiniBatchToDo;
  readonly claim: ClaimEnd;
  readonly poisoned: PoisonedItem | null;
  readonly sawSuccess: boolean;
};

export function createMiniBatchOutcomes(spec: JobSpec, journal: Journal, log: JobLog): MiniBatchOutcomes {
  const { max_retries: maxRetries } = spec.settings.retry_settings;

  /** An attempt failed and counts. Once there are none left, every item of the mini-batch is recorded as failed. */
  function countAttempt(todo: MiniBatchToDo, code: ItemErrorCode, stage: ItemStage, message: string): MiniBatchToDo {
    const attempts = todo.attempts + 1;
    const place = miniBatchPlace(todo.miniBatch);
    if (attempts > maxRetries) return giveUp({ ...todo, attempts }, { code, stage, message });
    log.warning(`${place}: attempt ${attempts} of ${maxRetries + 1} failed, and it is tried again: ${message}`);
    return { ...todo, attempts };
  }

  function giveUp(todo: MiniBatchToDo, reason: GivingUp): MiniBatchToDo {
    journal.setGivingUp(todo.miniBatch.id, reason);
    log.warning(
      `${miniBatchPlace(todo.miniBatch)}: given up after ${todo.attempts} failed attempts: ${reason.message}`,
    );
    return { ...todo, givingUp: reason };
  }

  function suspect(todo: MiniBatchToDo, suspicion: Suspicion): MiniBatchToDo {
    journal.setSuspicion(todo.miniBatch.id, suspicion);
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
          if (poisoned !== null) log.warning(`${itemPlace(todo.miniBatch, poisoned.item)} fails: ${poisoned.message}`);
          const { batch } = suspected.suspicion;
          if (batch !== null && batch !== todo.suspicion.batch) {
            const why = "full runs kept ending the worker, though all of their rows passed in smaller ones";
            log.warning(`${miniBatchPlace(todo.miniBatch)}: runs of ${batch} rows from here on, since ${why}.`);
          }
          return { todo: suspected, claim: "given-back", poisoned, sawSuccess };
        }
      }
    },
  };
}
