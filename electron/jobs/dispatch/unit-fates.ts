import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { ItemErrorCode, ItemStage } from "../../contract/item-error.ts";
import type { FromWorker } from "../../contract/messages/worker-messages.ts";
import type { WorkerStatus } from "../../contract/messages/worker-status.ts";
import type { JobLog } from "../folder/job-log.ts";
import type { GivingUp, Journal, UnitToDo } from "../journal/journal.ts";
import type { PoisonedItem } from "../journal/narrowing.ts";
import { afterDeath, afterProbe } from "../journal/narrowing.ts";
import { itemPlace, unitPlace } from "../folder/unit-place.ts";

/**
 * What becomes of a unit that was not committed: it is tried again, looked at more closely, or given up. Each answer is
 * journalled before it is returned; the caller ends the claim and puts the unit back into the queue.
 */
export type UnitFates = {
  /** The worker lives and says that it could not finish the unit. */
  readonly afterFailure: (todo: UnitToDo, failure: Extract<FromWorker, { type: "unit-failed" }>) => UnitToDo;
  readonly afterProbe: (todo: UnitToDo) => UnitToDo;
  /** A worker died while it worked on this unit. */
  readonly afterDeath: (todo: UnitToDo, death: UnitDeath) => DeathVerdict;
};

export type UnitDeath = {
  /** The run that it was in; null when it was in none. */
  readonly run: WorkerStatus | null;
  /** The engine ended it because it had run out of time. */
  readonly timedOut: boolean;
  /** Somebody else may have ended it. */
  readonly fromOutside: boolean;
  /** Rows per run that the unit was worked on with. */
  readonly batch: number;
};

export type DeathVerdict = {
  readonly todo: UnitToDo;
  /** The attempt failed, rather than being cut short by the death of its worker. */
  readonly countsAttempt: boolean;
  readonly poisoned: PoisonedItem | null;
  readonly sawSuccess: boolean;
};

/** Seconds without a finished item, where the YAML gives no time-out. */
export const implicitTimeoutSeconds = 30;
/** Deaths in a row outside any run; more are allowed when somebody else may have been the killer. */
const namelessDeathsOfUnit = 5;
const namelessKillsOfUnit = 20;

export function createUnitFates(spec: JobSpec, journal: Journal, log: JobLog): UnitFates {
  const { max_retries: maxRetries, timeout } = spec.settings.retry_settings;

  /** An attempt failed and counts. Once there are none left, every item of the unit is recorded as failed. */
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

  return {
    afterFailure: (todo, { stage, code, message }) => countAttempt(todo, code ?? "retries-exhausted", stage, message),

    afterProbe(todo) {
      const suspicion = afterProbe(todo.suspicion);
      journal.setSuspicion(todo.unit.id, suspicion);
      return { ...todo, suspicion };
    },

    afterDeath(todo, { run, timedOut, fromOutside, batch }) {
      if (timedOut && (run === null || timeout !== null)) {
        const message = `No progress update in ${timeout ?? implicitTimeoutSeconds} seconds.`;
        const counted = countAttempt(todo, "timed-out", "infer", message);
        return { todo: counted, countsAttempt: true, poisoned: null, sawSuccess: false };
      }
      if (spec.scorer.kind === "script" && !fromOutside) {
        // Which of its files was at fault cannot be searched for: a script is given its mini-batch whole.
        const message = "The script ended its worker process.";
        const counted = countAttempt(todo, "script-exited", "infer", message);
        return { todo: counted, countsAttempt: true, poisoned: null, sawSuccess: false };
      }
      const outcome = afterDeath(todo.suspicion, { status: run, cause: timedOut ? "timed-out" : "died", batch });
      const { suspicion, poisoned, sawSuccess } = outcome;
      journal.setSuspicion(todo.unit.id, suspicion);
      if (poisoned !== null) log.warning(`${itemPlace(todo.unit, poisoned.item)} fails: ${poisoned.message}`);
      if (suspicion.batch !== null && suspicion.batch !== todo.suspicion.batch) {
        const why = "full runs kept ending the worker, though all of their rows passed in smaller ones";
        log.warning(`${unitPlace(todo.unit)}: runs of ${suspicion.batch} rows from here on, since ${why}.`);
      }
      const suspected = { ...todo, suspicion };
      const mostDeaths = fromOutside ? namelessKillsOfUnit : namelessDeathsOfUnit;
      const isHopeless = suspicion.namelessDeaths >= mostDeaths;
      const message = "The worker process kept dying while it read this mini-batch.";
      return {
        todo: isHopeless ? giveUp(suspected, { code: "worker-died", stage: "read", message }) : suspected,
        countsAttempt: false,
        poisoned,
        sawSuccess,
      };
    },
  };
}
