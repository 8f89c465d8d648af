import type { ToWorker } from "../../contract/messages/worker-messages.ts";
import type { UnitToDo } from "../journal/to-do-table.ts";

/** A mini-batch that a worker has in hand, and what it was asked to do with it. */
export type Claimed = { readonly todo: UnitToDo; readonly kind: "score" | "probe" | "give-up" };

/** It killed workers already. */
export function isSuspected(todo: UnitToDo): boolean {
  const { probe, poisoned, fullRunDeaths, namelessDeaths } = todo.suspicion;
  return probe !== null || poisoned.length > 0 || fullRunDeaths > 0 || namelessDeaths > 0;
}

/** What there is to do with a mini-batch next. */
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
