import type { CommittedMiniBatch } from "../../contract/messages/worker-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobLog } from "../folder/job-log.ts";
import { miniBatchPlace } from "../folder/mini-batch-place.ts";
import type { Journal } from "../journal/journal.ts";
import { type ClaimedMiniBatch, claimOf, isSuspected, requestFor } from "./claimed-mini-batch.ts";
import type { MiniBatchQueue } from "./mini-batch-queue.ts";
import { type Slot, startHead } from "./worker-slot.ts";
import type { ClaimEnd, MiniBatchToDo } from "../journal/to-do-table.ts";
import type { MiniBatchCommit } from "../journal/done-table.ts";

/**
 * Which worker holds which mini-batches. Every claim ends in one of these ways: it is committed, it is taken back from a
 * worker that lives, or it is put back because the worker died.
 */
export type MiniBatchClaims = {
  /** Sends a worker as much as it may hold. */
  readonly give: (slot: Slot, nowMs: number) => void;
  /** Ends the claims of finished mini-batches; those that the worker does not hold are passed over. */
  readonly commit: (slot: Slot, miniBatches: readonly CommittedMiniBatch[], nowMs: number) => Committed;
  /** Ends the claim of one mini-batch and puts what `change` makes of it back into the queue. */
  readonly takeBack: (
    slot: Slot,
    miniBatchId: number,
    nowMs: number,
    how: ClaimEnd,
    change: (todo: MiniBatchToDo) => MiniBatchToDo,
  ) => void;
  /** Ends the claims of mini-batches whose worker is dead. */
  readonly putBack: (todos: readonly MiniBatchToDo[], how: ClaimEnd) => void;
  /** Rows per run: less than the job's batch once that much did not fit into memory, for this mini-batch or another. */
  readonly batchOf: (todo: MiniBatchToDo) => number;
};

export type Committed = {
  readonly miniBatches: readonly CommittedMiniBatch[];
  /** How many files hold a failed item now that held none before. */
  readonly failedFiles: number;
};

const maxClaimed = 64;
const claimedAheadMs = 100;

export function createMiniBatchClaims(
  spec: JobSpec,
  journal: Journal,
  queue: MiniBatchQueue,
  log: JobLog,
): MiniBatchClaims {
  /** Milliseconds that a mini-batch takes, smoothed; decides how many are sent ahead. */
  let averageMs = claimedAheadMs;

  function batchOf(todo: MiniBatchToDo): number {
    return Math.min(todo.suspicion.batch ?? spec.batch, journal.facts().smallestBatch ?? spec.batch);
  }

  /** What the journal notes of a finished mini-batch. A run made smaller by deaths counts like one made smaller by a refusal. */
  function commitOf(todo: MiniBatchToDo, miniBatch: CommittedMiniBatch): MiniBatchCommit {
    const sizes = [miniBatch.smallestRun, todo.suspicion.batch].filter((size) => size !== null);
    const smallestRun = sizes.length === 0 ? null : Math.min(...sizes);
    const before = journal.facts().smallestBatch ?? spec.batch;
    if (smallestRun !== null && smallestRun < before) {
      log.warning(
        `${miniBatchPlace(todo.miniBatch)}: there was not enough memory for runs of ${before} rows; from here on they have at most ${smallestRun}.`,
      );
    }
    log.debug(
      `${miniBatchPlace(todo.miniBatch)}: ${miniBatch.succeeded} succeeded, ${miniBatch.failed} failed, in ${Math.round(miniBatch.durationMs)} ms.`,
    );
    const files = miniBatch.failedParts.flatMap((place) => todo.miniBatch.parts[place]?.file ?? []);
    return { miniBatch: { ...miniBatch, smallestRun }, failedFiles: files };
  }

  return {
    give(slot, nowMs) {
      const max = Math.max(2, Math.min(maxClaimed, Math.ceil(claimedAheadMs / averageMs)));
      const given: ClaimedMiniBatch[] = [];
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
      journal.claim(given.map((claimed) => claimed.todo.miniBatch.id));
      if (slot.claimed.length === 0) startHead(slot, nowMs);
      slot.claimed = [...slot.claimed, ...given];
      for (const claimed of given) slot.worker.send(requestFor(claimed, batchOf(claimed.todo)));
    },

    commit(slot, miniBatches, nowMs) {
      const commits: MiniBatchCommit[] = [];
      for (const miniBatch of miniBatches) {
        const todo = slot.claimed.find((claimed) => claimed.todo.miniBatch.id === miniBatch.miniBatchId)?.todo;
        if (todo !== undefined) commits.push(commitOf(todo, miniBatch));
      }
      const failedFiles = journal.commit(slot.segment, slot.worker, commits);
      const done = new Set(commits.map(({ miniBatch }) => miniBatch.miniBatchId));
      slot.claimed = slot.claimed.filter((claimed) => !done.has(claimed.todo.miniBatch.id));
      if (commits.length > 0) {
        const took = (nowMs - slot.headSinceMs) / commits.length;
        averageMs = Math.max(0.5, averageMs * 0.7 + took * 0.3);
      }
      startHead(slot, nowMs);
      return { miniBatches: commits.map(({ miniBatch }) => miniBatch), failedFiles };
    },

    takeBack(slot, miniBatchId, nowMs, how, change) {
      const claimed = slot.claimed.find((candidate) => candidate.todo.miniBatch.id === miniBatchId);
      if (claimed === undefined) return;
      slot.claimed = slot.claimed.filter((candidate) => candidate !== claimed);
      if (slot.running?.miniBatchId === miniBatchId) slot.running = null;
      journal.unclaim([miniBatchId], how);
      queue.putBack(change(claimed.todo));
      startHead(slot, nowMs);
    },

    putBack(todos, how) {
      journal.unclaim(
        todos.map((todo) => todo.miniBatch.id),
        how,
      );
      for (const todo of todos) queue.putBack(todo);
    },

    batchOf,
  };
}
