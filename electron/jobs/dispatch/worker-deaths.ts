import { crashCause } from "../../compute/crash-budgets.ts";
import type { ProcessExit } from "../../compute/process-host.ts";
import { readStatusFile } from "../../compute/worker.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem } from "../../contract/problem.ts";
import type { JobLog } from "../folder/job-log.ts";
import { type Blame, blameFor, describeDeath, mayBeDriver, type WorkerDeath } from "./blame.ts";
import type { MiniBatchClaims } from "./mini-batch-claims.ts";
import type { DeviceInUse } from "./device-in-use.ts";
import type { JobBudgets } from "./job-budgets.ts";
import type { MiniBatchOutcomes } from "./mini-batch-outcomes.ts";
import type { Slot } from "./worker-slot.ts";

type Parts = {
  readonly spec: JobSpec;
  readonly claims: MiniBatchClaims;
  readonly outcomes: MiniBatchOutcomes;
  readonly device: DeviceInUse;
  readonly budgets: JobBudgets;
  readonly log: JobLog;
  readonly listener: { readonly onWorkerDeath: () => void };
};

/**
 * A worker died: all that it held goes back into the queue. The mini-batch that it was at is looked at more closely. The
 * problem when the job cannot go on.
 */
export function takeDeath(parts: Parts, slot: Slot, exit: ProcessExit): Problem | null {
  const { spec, claims, budgets, log, listener } = parts;
  const death = deathOf(slot, exit);
  // A report of it that arrives after its death finds nothing: what it held may be in other hands by then.
  slot.claimed = [];
  if (death.cause === "sent-away") {
    log.info(`${slot.worker.id} was ended before it had finished; what it held goes back.`);
  } else {
    listener.onWorkerDeath();
    log.warning(`${slot.worker.id} ${describeDeath(death, spec.scorer.kind)}`);
  }
  const blame = blameFor(death);
  const todos = death.claimed.map((claimed) => claimed.todo);
  const others = blame.kind === "mini-batch" ? todos.filter((todo) => todo !== blame.todo) : todos;
  if (others.length > 0) claims.putBack(others, "given-back");
  if (death.cause === "sent-away") return null;
  switch (blame.kind) {
    case "nobody":
      return null;
    case "start":
      return budgets.startCrashed(death.cause);
    case "between-mini-batches":
      return budgets.crashedBetweenMiniBatches(death.cause === "outside" ? "outside" : "own");
    case "mini-batch":
      return judge(parts, blame, death.cause);
  }
}

function deathOf(slot: Slot, exit: ProcessExit): WorkerDeath {
  const { departure, claimed } = slot;
  const phase = slot.phase.current();
  const cause = departure === null ? crashCause(exit) : departure.kind === "timed-out" ? "timed-out" : "sent-away";
  return { phase, cause, exit, claimed, status: phase === "starting" ? null : readStatusFile(slot.statusFile) };
}

function judge(
  { claims, outcomes, device, budgets }: Parts,
  { todo, run }: Extract<Blame, { kind: "mini-batch" }>,
  cause: Exclude<WorkerDeath["cause"], "sent-away">,
): Problem | null {
  if (mayBeDriver(run, cause) && device.giveUp()) {
    claims.putBack([todo], "given-back");
    return null;
  }
  const outcome = outcomes.afterDeath(todo, { run, cause, batch: claims.batchOf(todo) });
  claims.putBack([outcome.todo], outcome.claim);
  if (outcome.sawSuccess) budgets.itemSucceeded();
  return outcome.poisoned === null ? null : budgets.itemPoisoned();
}
