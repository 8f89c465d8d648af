import type { CommittedUnit } from "../../contract/messages/worker-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobLog } from "../folder/job-log.ts";
import { unitPlace } from "../folder/unit-place.ts";
import type { Journal } from "../journal/journal.ts";
import { type Claimed, claimOf, isSuspected, requestFor } from "./claimed.ts";
import type { UnitQueue } from "./unit-queue.ts";
import { type Slot, startHead } from "./worker-slot.ts";
import type { ClaimEnd, UnitToDo } from "../journal/to-do-table.ts";
import type { UnitCommit } from "../journal/done-table.ts";

/**
 * Which worker holds which mini-batches. Every claim ends in one of these ways: it is committed, it is taken back from a
 * worker that lives, or it is put back because the worker died.
 */
export type Claims = {
  /** Sends a worker as much as it may hold. */
  readonly give: (slot: Slot, nowMs: number) => void;
  /** Ends the claims of finished mini-batches; those that the worker does not hold are passed over. */
  readonly commit: (slot: Slot, units: readonly CommittedUnit[], nowMs: number) => Committed;
  /** Ends the claim of one mini-batch and puts what `change` makes of it back into the queue. */
  readonly takeBack: (
    slot: Slot,
    unitId: number,
    nowMs: number,
    how: ClaimEnd,
    change: (todo: UnitToDo) => UnitToDo,
  ) => void;
  /** Ends the claims of mini-batches whose worker is dead. */
  readonly putBack: (todos: readonly UnitToDo[], how: ClaimEnd) => void;
  /** Rows per run: less than the job's batch once that much did not fit into memory, for this mini-batch or another. */
  readonly batchOf: (todo: UnitToDo) => number;
};

export type Committed = {
  readonly units: readonly CommittedUnit[];
  /** How many files hold a failed item now that held none before. */
  readonly failedFiles: number;
};

const maxClaimed = 64;
const claimedAheadMs = 100;

export function createClaims(spec: JobSpec, journal: Journal, queue: UnitQueue, log: JobLog): Claims {
  /** Milliseconds that a mini-batch takes, smoothed; decides how many are sent ahead. */
  let averageMs = claimedAheadMs;

  function batchOf(todo: UnitToDo): number {
    return Math.min(todo.suspicion.batch ?? spec.batch, journal.facts().smallestBatch ?? spec.batch);
  }

  /** What the journal notes of a finished mini-batch. A run made smaller by deaths counts like one made smaller by a refusal. */
  function commitOf(todo: UnitToDo, unit: CommittedUnit): UnitCommit {
    const sizes = [unit.smallestRun, todo.suspicion.batch].filter((size) => size !== null);
    const smallestRun = sizes.length === 0 ? null : Math.min(...sizes);
    const before = journal.facts().smallestBatch ?? spec.batch;
    if (smallestRun !== null && smallestRun < before) {
      log.warning(
        `${unitPlace(todo.unit)}: there was not enough memory for runs of ${before} rows; from here on they have at most ${smallestRun}.`,
      );
    }
    log.debug(
      `${unitPlace(todo.unit)}: ${unit.succeeded} succeeded, ${unit.failed} failed, in ${Math.round(unit.durationMs)} ms.`,
    );
    const files = unit.failedParts.flatMap((place) => todo.unit.parts[place]?.file ?? []);
    return { unit: { ...unit, smallestRun }, failedFiles: files };
  }

  return {
    give(slot, nowMs) {
      const max = Math.max(2, Math.min(maxClaimed, Math.ceil(claimedAheadMs / averageMs)));
      const given: Claimed[] = [];
      while (slot.claimed.length + given.length < max) {
        // A suspected mini-batch is worked on alone, so that a death takes nothing else with it.
        if (slot.claimed.concat(given).some((claimed) => isSuspected(claimed.todo))) break;
        const todo = queue.next();
        if (todo === undefined) break;
        if (isSuspected(todo) && slot.claimed.length + given.length > 0) {
          queue.putBack(todo);
          break;
        }
        given.push(claimOf(todo));
      }
      if (given.length === 0) return;
      journal.claim(given.map((claimed) => claimed.todo.unit.id));
      if (slot.claimed.length === 0) startHead(slot, nowMs);
      slot.claimed = [...slot.claimed, ...given];
      for (const claimed of given) slot.worker.send(requestFor(claimed, batchOf(claimed.todo)));
    },

    commit(slot, units, nowMs) {
      const commits: UnitCommit[] = [];
      for (const unit of units) {
        const todo = slot.claimed.find((claimed) => claimed.todo.unit.id === unit.unitId)?.todo;
        if (todo !== undefined) commits.push(commitOf(todo, unit));
      }
      const failedFiles = journal.commit(slot.segment, slot.worker, commits);
      const done = new Set(commits.map(({ unit }) => unit.unitId));
      slot.claimed = slot.claimed.filter((claimed) => !done.has(claimed.todo.unit.id));
      if (commits.length > 0) {
        const took = (nowMs - slot.headSinceMs) / commits.length;
        averageMs = Math.max(0.5, averageMs * 0.7 + took * 0.3);
      }
      startHead(slot, nowMs);
      return { units: commits.map(({ unit }) => unit), failedFiles };
    },

    takeBack(slot, unitId, nowMs, how, change) {
      const claimed = slot.claimed.find((candidate) => candidate.todo.unit.id === unitId);
      if (claimed === undefined) return;
      slot.claimed = slot.claimed.filter((candidate) => candidate !== claimed);
      if (slot.running?.unitId === unitId) slot.running = null;
      journal.unclaim([unitId], how);
      queue.putBack(change(claimed.todo));
      startHead(slot, nowMs);
    },

    putBack(todos, how) {
      journal.unclaim(
        todos.map((todo) => todo.unit.id),
        how,
      );
      for (const todo of todos) queue.putBack(todo);
    },

    batchOf,
  };
}
