import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";

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
    return problemOf("job/error-threshold:percent", { unit, failed, total, percent });
  }
  const allowed = spec.settings.error_threshold;
  return allowed < 0 || failed <= allowed ? null : problemOf("job/error-threshold", { unit, failed, allowed });
}
