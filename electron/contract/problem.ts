import * as z from "zod";
import { type ProblemCode, problemCodeSchema } from "./problem-codes.ts";
import { type ProblemKind, type ProblemParams, problemKinds } from "./words/english-problems.ts";

export { type ProblemCode, problemCodeSchema } from "./problem-codes.ts";

/**
 * What can go wrong and is expected to. A problem is a value of facts: it travels in a `Result`, is stored, and crosses
 * processes. Its sentences are made where it is shown (`words/`). Exceptions are kept for bugs.
 */
export const problemSchema = z.strictObject({
  /** For programs: the kind without what follows its colon. */
  code: problemCodeSchema,
  /** What happened exactly: the key of its words in each language. */
  kind: z.enum(problemKinds),
  /** What happened to which thing; its words name the shape. */
  params: z.record(z.string(), z.json()),
});
export type Problem = Readonly<z.infer<typeof problemSchema>>;

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  /** `others`: what else is wrong, apart from `problem`, where everything is looked at before the answer. */
  | { readonly ok: false; readonly problem: Problem; readonly others?: readonly Problem[] };

export type Failure = { readonly ok: false; readonly problem: Problem };

export function success<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

/** A kind without parameters takes none. */
type ParamsOf<Kind extends ProblemKind> = keyof ProblemParams<Kind> extends never ? [] : [ProblemParams<Kind>];

export function problemOf<Kind extends ProblemKind>(kind: Kind, ...[params]: ParamsOf<Kind>): Problem {
  return { code: codeOf(kind), kind, params: params ?? {} };
}

export function failure<Kind extends ProblemKind>(kind: Kind, ...params: ParamsOf<Kind>): Failure;
/** For the terminal, which is an edge and writes its own sentences about how it is used. */
export function failure(code: ProblemCode, message: string, remedy?: string): Failure;
export function failure(kind: ProblemKind | ProblemCode, params?: object | string, remedy = ""): Failure {
  const problem =
    typeof params === "string"
      ? written(kind as ProblemCode, params, remedy)
      : { code: codeOf(kind as ProblemKind), kind: kind as ProblemKind, params: (params ?? {}) as Problem["params"] };
  return { ok: false, problem };
}

/** A problem whose words were made elsewhere: by another program, or by an earlier version of Batchdeck. */
export function written(code: ProblemCode, message: string, remedy: string): Problem {
  return { code, kind: "written", params: { message, remedy } };
}

function codeOf(kind: ProblemKind): ProblemCode {
  return kind.split(":")[0] as ProblemCode;
}

/** A problem as a workspace keeps it: earlier versions kept its words, later ones may know other kinds. */
export const storedProblemSchema = z.union([
  problemSchema,
  z
    .strictObject({ code: problemCodeSchema, message: z.string(), remedy: z.string() })
    .transform(({ code, message, remedy }) => written(code, message, remedy)),
  z.object({ code: problemCodeSchema, kind: z.string() }).transform(({ code, kind }) => written(code, kind, "")),
]);

/** A sentence that ends with words of others, such as what a script raised, as a message ends. */
export function withFullStop(sentence: string): string {
  return /[.!?…]["')\]]*$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Goes on after a problem: `take` gives a value, or null and keeps the problem with the others. */
export function collectProblems(): {
  readonly problems: Problem[];
  readonly take: <Value>(result: Result<Value>) => Value | null;
} {
  const problems: Problem[] = [];
  return {
    problems,
    take(result) {
      if (result.ok) return result.value;
      problems.push(result.problem);
      return null;
    },
  };
}
