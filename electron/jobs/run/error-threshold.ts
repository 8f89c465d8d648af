import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { Problem } from "../../contract/problem.ts";
import { written } from "../../contract/problem.ts";

/** How far a job is, for its threshold. */
export type FailureCounts = {
  readonly failedItems: number;
  /** Files that hold a failed item. */
  readonly failedFiles: number;
  /** All items and all files of the input; null while they are still being counted. */
  readonly totalItems: number | null;
  readonly totalFiles: number | null;
};

/**
 * Why a job must stop, or null while it may go on: more failed than is tolerated. Exactly as many is tolerated. A share of
 * the input can only be judged once the whole of it is counted.
 */
export function overThreshold(
  spec: Pick<JobSpec, "settings" | "errorThreshold">,
  counts: FailureCounts,
): Problem | null {
  const { percent, unit } = spec.errorThreshold;
  const [failed, total] =
    unit === "file" ? [counts.failedFiles, counts.totalFiles] : [counts.failedItems, counts.totalItems];
  if (percent !== null) {
    // A share such as 0.7 % of 1,000 must not come out a hair below 7.
    if (total === null || failed <= Math.floor((percent * total) / 100 + 1e-9)) return null;
    return stop(
      `${whatFailed(unit, failed, total)}, more than the ${percent} % that batchdeck.error_threshold_percent allows.`,
      "batchdeck.error_threshold_percent",
    );
  }
  const most = spec.settings.error_threshold;
  if (most < 0 || failed <= most) return null;
  return stop(
    `${whatFailed(unit, failed, null)}, more than the ${most} that error_threshold allows.`,
    "error_threshold",
  );
}

/** "1 item failed", "2 of 40 files have failed items". */
function whatFailed(unit: "row" | "file", failed: number, total: number | null): string {
  const isOne = failed === 1 && total === null;
  const noun = unit === "file" ? "file" : "item";
  const verb = unit === "row" ? "failed" : failed === 1 ? "has failed items" : "have failed items";
  return `${failed}${total === null ? "" : ` of ${total}`} ${isOne ? noun : `${noun}s`} ${verb}`;
}

function stop(message: string, setting: string): Problem {
  return written("job/error-threshold", message, `See errors.csv, or raise ${setting}.`);
}
