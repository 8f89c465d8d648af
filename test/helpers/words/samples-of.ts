import type { FactParams, FactTable, NestedProblem } from "../../../electron/contract/words/speaker.ts";

/** Made-up parameters of every kind of a table, one set or more; a kind without any does not compile. */
export type SamplesOf<Table extends FactTable<unknown>> = {
  readonly [Kind in keyof Table]: readonly [FactParams<Table, Kind>, ...FactParams<Table, Kind>[]];
};

/** A problem that is a fact of another one. */
export const cause: NestedProblem = { kind: "input/not-found", params: { path: "/data/in7" } };
