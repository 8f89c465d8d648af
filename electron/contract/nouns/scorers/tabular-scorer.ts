import * as z from "zod";
import { columnTypeSchema } from "../../tables/column-types.ts";
import { tensorInfoSchema } from "../../signature.ts";
import { encoding, missingRules, scorerParts } from "./scorer-parts.ts";

/** Rows of a table. `columns` is null for a matrix whose columns are taken from the data when the job is submitted. */
export const tabularScorerSchema = z.strictObject({
  kind: z.literal("tabular"),
  inputs: z
    .array(
      tensorInfoSchema.extend({
        columns: z.array(z.string()).nullable(),
        /** The one column holds vectors: how long its lists are, the outer ones first; null: found in the data. */
        vector: z.array(z.number().int().positive().nullable()).nonempty().optional(),
      }),
    )
    .nonempty(),
  encoding,
  ...missingRules,
  /** Column → the type that MLflow's signature holds its cells to; left out: they need only convert. */
  columnTypes: z.record(z.string(), columnTypeSchema).optional(),
  ...scorerParts,
});
export type TabularScorer = Readonly<z.infer<typeof tabularScorerSchema>>;

/** Values that a row has in an input. */
export function inputWidth({ columns, vector }: TabularScorer["inputs"][number]): number {
  return vector === undefined
    ? (columns?.length ?? 1)
    : vectorShape(vector).reduce((product, length) => product * length, 1);
}

/** The lengths of a vector's lists; one that is not known is 1. */
export function vectorShape(vector: readonly (number | null)[]): readonly number[] {
  return vector.map((length) => length ?? 1);
}
