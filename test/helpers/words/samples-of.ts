import type { ProblemKind, ProblemParams } from "../../../electron/contract/words/english-problems.ts";
import type { NestedProblem } from "../../../electron/contract/words/speaker.ts";

/** Parameters for every kind of one of the tables of words. */
export type SamplesOf<Table> = { readonly [Kind in Extract<keyof Table, ProblemKind>]: ProblemParams<Kind> };

/** A problem that is a fact of another one. */
export const cause: NestedProblem = { kind: "input/not-found", params: { path: "/data/in7" } };
