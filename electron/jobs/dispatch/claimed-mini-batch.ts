import type { ToWorker } from "../../contract/messages/worker-messages.ts";
import type { MiniBatchToDo } from "../journal/to-do-table.ts";

/** A mini-batch that a worker has in hand, and what it was asked to do with it. */
export type ClaimedMiniBatch = { readonly todo: MiniBatchToDo; readonly kind: "score" | "probe" | "give-up" };

/** It killed workers already. */
export function isSuspected(todo: MiniBatchToDo): boolean {
  const { probe, poisoned, fullRunDeaths, namelessDeaths } = todo.suspicion;
  return probe !== null || poisoned.length > 0 || fullRunDeaths > 0 || namelessDeaths > 0;
}

/** What there is to do with a mini-batch next. */
export function claimOf(todo: MiniBatchToDo): ClaimedMiniBatch {
  return { todo, kind: todo.givingUp !== null ? "give-up" : todo.suspicion.probe !== null ? "probe" : "score" };
}

/** The message that asks for it. `batch`: rows per run. */
export function requestFor({ todo, kind }: ClaimedMiniBatch, batch: number): ToWorker {
  const { miniBatch, suspicion, givingUp } = todo;
  if (kind === "give-up" && givingUp !== null) return { type: "fail-mini-batch", miniBatch, ...givingUp };
  if (kind === "probe" && suspicion.probe !== null) {
    const { range, step } = suspicion.probe;
    return {
      type: "probe-mini-batch",
      miniBatch,
      poisoned: suspicion.poisoned.map((poisoned) => poisoned.item),
      range,
      step,
    };
  }
  return { type: "score-mini-batch", miniBatch, attempt: todo.attempts + 1, poisoned: [...suspicion.poisoned], batch };
}
