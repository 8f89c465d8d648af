import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { problemOf } from "../../contract/problem.ts";
import type { JobFiles } from "../folder/job-files.ts";
import { isRetry } from "../folder/base-files.ts";
import type { JobEnding, JournalFacts } from "../journal/journal-facts.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";
import { overThreshold } from "./error-threshold.ts";
import type { FinalNames } from "./final-names.ts";
import type { JobRunEnd } from "./wait-or-fail.ts";

const noSuccess = problemOf("job/no-success");
const nothingToScore = problemOf("input/empty");

type EndingFacts = Pick<JournalFacts, "planned" | "listed" | "files" | "skipped" | "failedFiles">;

/** How a job ends now, since too much failed or everything is planned and committed; null while it goes on. */
export function dueEnding(spec: JobSpec, totals: JournalTotals, facts: EndingFacts): JobEnding | null {
  const { planned, listed, files, skipped, failedFiles } = facts;
  const tooMuch = overThreshold(spec, {
    failedItems: totals.failed,
    failedFiles,
    totalItems: planned ? totals.planned + skipped : null,
    totalFiles: listed ? files + skipped : null,
  });
  if (tooMuch !== null) return { kind: "failed", problem: tooMuch };
  if (!planned || totals.miniBatchesDone !== totals.miniBatches) return null;
  if (totals.miniBatches === 0) return { kind: "failed", problem: nothingToScore };
  const wantsRows = spec.settings.output_action === "append_row";
  return totals.succeeded === 0 && wantsRows ? { kind: "failed", problem: noSuccess } : { kind: "completed" };
}

/**
 * What is left to do at an end.
 *
 * | end               | of a job | to do  | rows                      | over gaps, without Parquet |
 * |-------------------|----------|--------|---------------------------|----------------------------|
 * | stopped, blocked  | any      | `keep` |                           |                            |
 * | completed         | any      | write  | `predictions` file        | no                         |
 * | failed, canceled  | retry    | `drop` |                           |                            |
 * | failed, canceled  | other    | write  | `partialPredictions` file | yes                        |
 *
 * No rows are written when none succeeded, or when the job's output action keeps none.
 */
export type EndingPlan =
  /** The job goes on later: everything stays as it is. */
  | { readonly kind: "keep" }
  /** The files of the job that it retries stay as they are, and its own go. */
  | { readonly kind: "drop"; readonly ending: JobEnding }
  | {
      readonly kind: "write";
      readonly ending: JobEnding;
      readonly predictions: FinalNames["predictions"];
      readonly parquet: boolean;
      readonly overGaps: boolean;
    };

export function planEnding(
  end: JobRunEnd,
  spec: JobSpec,
  totals: Pick<JournalTotals, "succeeded">,
  files: Pick<JobFiles, "rowsPart" | "parquetPart" | "predictions" | "partialPredictions">,
): EndingPlan {
  if (end.kind === "stopped" || end.kind === "blocked") return { kind: "keep" };
  const isComplete = end.kind === "completed";
  if (isRetry(spec) && !isComplete) return { kind: "drop", ending: end };
  const hasRows = spec.settings.output_action === "append_row" && totals.succeeded > 0;
  const rows = isComplete
    ? { part: files.parquetPart ?? files.rowsPart, final: files.predictions }
    : { part: files.rowsPart, final: files.partialPredictions };
  return {
    kind: "write",
    ending: end,
    predictions: hasRows ? rows : null,
    parquet: isComplete && hasRows,
    overGaps: !isComplete,
  };
}
