import type { JobNote } from "../../contract/nouns/job-note.ts";
import type { Problem, ProblemCode } from "../../contract/problem.ts";
import type { JobEnding } from "../journal/journal-facts.ts";

/** How one engine's work on a job ends. */
export type JobRunEnd =
  | JobEnding
  /** Stopped as asked, or for the reason in `note`; goes on later from its journal. */
  | { readonly kind: "stopped"; readonly note?: JobNote }
  /** The disk or share does not let it go on now. */
  | { readonly kind: "blocked"; readonly problem: Problem };

/** Whether a run that ends like this ends its job for good. */
export function isForGood(end: JobRunEnd): end is JobEnding {
  return end.kind === "completed" || end.kind === "failed" || end.kind === "canceled";
}

/** The codes of all that may be over by itself, or once its user has seen to it. */
export const passingProblems = [
  "input/changed",
  "input/not-found",
  "input/unreadable",
  "output/no-space",
  "output/unwritable",
  "output/gone",
  "output/exists",
  "workspace/unusable",
  "registry/damaged",
  "azure/sign-in-needed",
  "azure/sign-in-failed",
  "azure/unreachable",
  "azure/keyring",
  "azure/invalid-cloud",
  "azure/other-cloud",
] as const satisfies readonly ProblemCode[];

/**
 * The job waits instead of failing: a full disk is emptied, a share that is gone may come back, and the files of a changed
 * input may be put back. A folder that holds nothing will not fill itself.
 */
export function isPassing(problem: Problem): boolean {
  return passingProblems.some((code) => code === problem.code);
}

/** Whether a problem makes a job wait or fail. */
export function endBy(problem: Problem): JobRunEnd {
  return { kind: isPassing(problem) ? "blocked" : "failed", problem };
}
