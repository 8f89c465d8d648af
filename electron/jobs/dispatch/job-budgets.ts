import type { CrashCause } from "../../compute/crash-budgets.ts";
import { crashBudgets, createCrashCounter } from "../../compute/crash-budgets.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, written } from "../../contract/problem.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { DeviceInUse } from "./device-in-use.ts";
import { scriptProblem } from "./script-refusals.ts";
import { startSeconds } from "./worker-slot.ts";

/**
 * What a job has used up of its crash budgets. Each count answers the problem that ends the job once the budget is spent,
 * and null before that. The limits and their reasons: compute/crash-budgets.ts.
 */
export type JobBudgets = {
  readonly workerReady: () => void;
  readonly itemSucceeded: () => void;
  readonly miniBatchCommitted: () => void;
  /** A worker died before it was ready. */
  readonly startCrashed: (cause: CrashCause | "timed-out") => Problem | null;
  /** The init() of a script raised an exception: `message`. */
  readonly initFailed: (message: string) => Problem | null;
  readonly itemPoisoned: () => Problem | null;
  readonly crashedBetweenMiniBatches: (cause: CrashCause) => Problem | null;
};

export function createJobBudgets(
  spec: Pick<JobSpec, "scorer" | "settings" | "workers">,
  files: Pick<JobFiles, "logs">,
  device: Pick<DeviceInUse, "giveUp">,
): JobBudgets {
  const starts = createCrashCounter(crashBudgets.workerStart);
  let failedInits = 0;
  let deadlyItems = 0;
  let betweenMiniBatches = 0;

  return {
    workerReady() {
      starts.reset();
      failedInits = 0;
    },
    itemSucceeded() {
      deadlyItems = 0;
    },
    miniBatchCommitted() {
      betweenMiniBatches = 0;
    },

    startCrashed(cause) {
      const budget = starts.add(cause === "outside" ? "outside" : "own");
      if (starts.count("own") >= crashBudgets.workerStartOnDevice && device.giveUp()) {
        starts.reset("own");
        return null;
      }
      if (budget === "left") return null;
      if (spec.scorer.kind === "script" && cause === "timed-out") {
        const message = `init() of the script did not end within ${startSeconds(spec)} seconds, ${starts.count("own")} times in a row.`;
        return scriptProblem("script/failed", message, files);
      }
      return written(
        "worker/cannot-start",
        `Worker processes ended ${starts.count("own") + starts.count("outside")} times in a row before they were ready.`,
        "Check that the model still opens (batchdeck model show), then resume the job.",
      );
    },

    initFailed(message) {
      failedInits += 1;
      if (failedInits < crashBudgets.scriptInitPerWorker * spec.workers) return null;
      return scriptProblem("script/failed", message, files);
    },

    itemPoisoned() {
      deadlyItems += 1;
      if (deadlyItems < crashBudgets.deadlyItems) return null;
      return written(
        "worker/crash-loop",
        `The model ended its worker process on ${deadlyItems} different items in a row, and no item in between succeeded.`,
        "Try the model on one item, or create the deployment from another version of it.",
      );
    },

    crashedBetweenMiniBatches(cause) {
      betweenMiniBatches += 1;
      if (betweenMiniBatches < crashBudgets.betweenMiniBatches[cause]) return null;
      return written(
        "worker/crash-loop",
        `Worker processes ended ${betweenMiniBatches} times in a row, between mini-batches.`,
        "Look into the log of the job, then resume it.",
      );
    },
  };
}
