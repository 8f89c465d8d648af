import type { Problem } from "../../electron/contract/problem.ts";

/** Something main is asked for once and again: not yet answered, answered, or refused. */
export type Fetched<Value> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly problem: Problem };
