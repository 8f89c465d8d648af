import type { CommittedMiniBatch, FromWorker } from "../../contract/messages/worker-messages.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import { blockedBy } from "../folder/blocked.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { JobLog } from "../folder/job-log.ts";
import type { MiniBatchClaims } from "./mini-batch-claims.ts";
import type { DeviceInUse } from "./device-in-use.ts";
import type { JobBudgets } from "./job-budgets.ts";
import { scriptProblem } from "./script-refusals.ts";
import type { MiniBatchOutcomes } from "./mini-batch-outcomes.ts";
import type { Slot } from "./worker-slot.ts";
import type { WorkerSlots } from "./worker-slots.ts";

export type DispatchingListener = {
  /** `failedFiles`: how many files have a failed item in them that had none before. */
  readonly onCommitted: (miniBatches: readonly CommittedMiniBatch[], failedFiles: number) => void;
  readonly onOpened: (opened: Extract<FromWorker, { type: "job-opened" }>) => void;
  /** The job cannot go on: it fails (`failed`) or waits for the disk (`blocked`). */
  readonly onStuck: (how: "failed" | "blocked", problem: Problem) => void;
  readonly onWorkerDeath: () => void;
};

type Parts = {
  readonly spec: JobSpec;
  readonly files: JobFiles;
  readonly claims: MiniBatchClaims;
  readonly outcomes: MiniBatchOutcomes;
  readonly device: DeviceInUse;
  readonly budgets: JobBudgets;
  readonly slots: WorkerSlots;
  readonly log: JobLog;
  readonly listener: DispatchingListener;
};

/** What became of a worker's message: nothing to do, mini-batches and workers may be free, or the job cannot go on. */
export type Reported =
  | { readonly kind: "noted" }
  | { readonly kind: "changed" }
  | { readonly kind: "stuck"; readonly how: "failed" | "blocked"; readonly problem: Problem };

type Message<Type extends FromWorker["type"]> = Extract<FromWorker, { type: Type }>;

const noted: Reported = { kind: "noted" };
const changed: Reported = { kind: "changed" };

/** Does what a worker's message asks for. One that closes a job unasked is killed, like one that sends nonsense. */
export function takeReport(parts: Parts, slot: Slot, message: FromWorker): Reported {
  const { budgets, claims, outcomes, slots } = parts;
  switch (message.type) {
    case "started":
      return noted;
    case "job-opened":
      return takeOpened(parts, slot, message);
    case "job-refused":
      return takeRefusal(parts, slot, message);
    case "progress":
      slot.lastAdvanceMs = slots.nowMs();
      slot.running = { miniBatchId: message.miniBatchId, sinceMs: slots.nowMs() };
      slot.itemsDone = message.itemsDone;
      slot.itemsFailed = message.itemsFailed;
      if (message.itemsDone > message.itemsFailed) budgets.itemSucceeded();
      return noted;
    case "mini-batches-committed":
      return takeCommits(parts, slot, message.miniBatches);
    case "mini-batch-probed":
      claims.takeBack(slot, message.miniBatchId, slots.nowMs(), "given-back", outcomes.afterProbe);
      budgets.itemSucceeded();
      return changed;
    case "mini-batch-failed":
      return takeFailure(parts, slot, message);
    case "job-closed":
      if (slot.phase.is("closing")) slots.release(slot);
      else slot.worker.kill();
      return noted;
  }
}

function takeOpened(
  { budgets, device, slots, log, listener }: Parts,
  slot: Slot,
  message: Message<"job-opened">,
): Reported {
  // A worker whose device fails later reports a second time, with the CPU.
  if (slot.phase.is("starting")) slot.phase.move("ready");
  budgets.workerReady();
  slot.lastAdvanceMs = slots.nowMs();
  log.info(
    `${slot.worker.id} is ready: ${message.provider}, opened in ${Math.round(message.loadMs)} ms.` +
      (message.fallback === null ? "" : ` ${message.fallback}`),
  );
  listener.onOpened({ ...message, fallback: message.fallback ?? device.fault() });
  return changed;
}

/** A script that is not one ends the job; an init() that failed is tried again, as often as Azure ML does. */
function takeRefusal(
  { files, budgets, slots, log }: Parts,
  slot: Slot,
  { code, errno, message }: Message<"job-refused">,
): Reported {
  const blocked = blockedBy(errno, files.folder);
  if (blocked !== null) return { kind: "stuck", how: "blocked", problem: blocked };
  if (code === "script/failed") {
    log.warning(`${slot.worker.id}: ${message}`);
    const problem = budgets.initFailed(message);
    if (problem !== null) return { kind: "stuck", how: "failed", problem };
    slots.release(slot);
    return changed;
  }
  if (code !== null) return { kind: "stuck", how: "failed", problem: scriptProblem(code, message, files) };
  return { kind: "stuck", how: "failed", problem: problemOf("worker/cannot-start:model", { reason: message }) };
}

function takeCommits(
  { budgets, claims, slots, listener }: Parts,
  slot: Slot,
  miniBatches: readonly CommittedMiniBatch[],
): Reported {
  const committed = claims.commit(slot, miniBatches, slots.nowMs());
  if (committed.miniBatches.length > 0) budgets.miniBatchCommitted();
  if (committed.miniBatches.some((miniBatch) => miniBatch.succeeded > 0)) budgets.itemSucceeded();
  listener.onCommitted(committed.miniBatches, committed.failedFiles);
  return changed;
}

function takeFailure(
  { spec, files, claims, outcomes, slots }: Parts,
  slot: Slot,
  message: Message<"mini-batch-failed">,
): Reported {
  const blocked =
    message.stage === "read"
      ? blockedBy(message.errno, spec.input.path, "read")
      : blockedBy(message.errno, files.folder);
  if (blocked !== null) {
    claims.takeBack(slot, message.miniBatchId, slots.nowMs(), "given-back", (todo) => todo);
    return { kind: "stuck", how: "blocked", problem: blocked };
  }
  claims.takeBack(slot, message.miniBatchId, slots.nowMs(), "attempt-failed", (todo) =>
    outcomes.afterFailure(todo, message),
  );
  return changed;
}
