import * as z from "zod";

/**
 * What can go wrong and is expected to: a code for programs, one sentence for people, and the next step.
 *
 * Problems are values. They travel in a `Result` and are shown where they happened; exceptions are kept for bugs.
 */
export const problemCodes = [
  "usage/invalid",
  "workspace/newer-version",
  "workspace/unusable",
  "registry/damaged",
  "endpoint/invalid",
  "endpoint/not-found",
  "endpoint/no-default-deployment",
  "deployment/invalid",
  "deployment/not-found",
  "deployment/unsupported",
  "model/invalid",
  "model/not-found",
  "model/in-use",
  "model/unreadable",
  "model/unsupported",
  "model/outside-files",
  "scorer/invalid",
  "environment/invalid",
  "environment/not-found",
  "environment/in-use",
  "script/invalid",
  "script/not-trusted",
  "script/failed",
  "data/invalid",
  "data/not-found",
  "datastore/invalid",
  "datastore/not-found",
  "watch/invalid",
  "watch/not-found",
  "compute/invalid",
  "compute/not-found",
  "compute/in-use",
  "device/unavailable",
  "input/not-found",
  "input/unreadable",
  "input/empty",
  "input/changed",
  "input/wrong-columns",
  "input/unsupported",
  "input/needs-download",
  "output/exists",
  "output/unwritable",
  "output/gone",
  "output/is-input",
  "output/no-space",
  "job/not-found",
  "job/exists",
  "job/interrupted",
  "job/not-allowed",
  "job/no-success",
  "job/nothing-failed",
  "job/error-threshold",
  "worker/cannot-start",
  "worker/crash-loop",
  "engine/bug",
] as const;

export const problemCodeSchema = z.enum(problemCodes);
export type ProblemCode = z.infer<typeof problemCodeSchema>;

export const problemSchema = z.strictObject({
  code: problemCodeSchema,
  /** One sentence: what happened, to which thing. Ends with a full stop. */
  message: z.string(),
  /** One sentence: what the reader can do next. Ends with a full stop; empty when the message says it. */
  remedy: z.string(),
});
export type Problem = Readonly<z.infer<typeof problemSchema>>;

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  /** `others`: what else is wrong, apart from `problem`, where everything is looked at before the answer. */
  | { readonly ok: false; readonly problem: Problem; readonly others?: readonly Problem[] };

export function success<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

export function failure(code: ProblemCode, message: string, remedy = ""): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, message, remedy } };
}

/** The problem as the one line that a terminal prints. */
export function problemSentence(problem: Problem): string {
  return problem.remedy === "" ? problem.message : `${problem.message} ${problem.remedy}`;
}

/** A sentence that ends with words of others, such as what a script raised, as a message ends. */
export function withFullStop(sentence: string): string {
  return /[.!?…]["')\]]*$/.test(sentence) ? sentence : `${sentence}.`;
}
