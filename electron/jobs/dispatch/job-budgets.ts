import type { CrashCause } from "../../compute/crash-budgets.ts";
import { crashBudgets, createCrashCounter } from "../../compute/crash-budgets.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { JobFiles } from "../folder/job-files.ts";
import type { DeviceInUse } from "./device-in-use.ts";
import { scriptProblem, tracesFolder } from "./script-refusals.ts";
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
        return problemOf("script/failed:init-timeout", {
          seconds: startSeconds(spec),
          times: starts.count("own"),
          traces: tracesFolder(files),
        });
      }
      return problemOf("worker/cannot-start", { times: starts.count("own") + starts.count("outside") });
    },

    initFailed(message) {
      failedInits += 1;
      if (failedInits < crashBudgets.scriptInitPerWorker * spec.workers) return null;
      return scriptProblem("script/failed", message, files);
    },

    itemPoisoned() {
      deadlyItems += 1;
      if (deadlyItems < crashBudgets.deadlyItems) return null;
      return problemOf("worker/crash-loop", { items: deadlyItems });
    },

    crashedBetweenMiniBatches(cause) {
      betweenMiniBatches += 1;
      if (betweenMiniBatches < crashBudgets.betweenMiniBatches[cause]) return null;
      return problemOf("worker/crash-loop:between", { times: betweenMiniBatches });
    },
  };
}
