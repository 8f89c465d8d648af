import * as z from "zod";
import { tensorInfoSchema } from "../../signature.ts";
import { scorerParts } from "./scorer-parts.ts";
import type { TabularScorer } from "./tabular-scorer.ts";

/** Arrays of `.npy` and `.npz` files. An item is a file, or an entry of the arrays' first axis. */
export const tensorScorerSchema = z.strictObject({
  kind: z.literal("tensor"),
  items: z.enum(["file", "axis"]),
  inputs: z.array(tensorInfoSchema).nonempty(),
  /** The model has no batch dimension: an item is a whole run. */
  isWhole: z.boolean(),
  ...scorerParts,
});
export type TensorScorer = Readonly<z.infer<typeof tensorScorerSchema>>;

/** The sizes that an item has in an input; null: any. */
export function itemSizes(
  { isWhole }: Pick<TensorScorer, "isWhole">,
  { shape }: TensorScorer["inputs"][number],
): readonly (number | null)[] {
  return isWhole ? shape : shape.slice(1);
}

/**
 * The table that fills the same inputs, where there are no files of arrays: each takes the lists in the column of its own name.
 * Null where an item is no row of a table.
 */
export function tensorTable({ items, isWhole, ...scorer }: TensorScorer): TabularScorer | null {
  if (items === "axis" || isWhole) return null;
  const [first, ...rest] = scorer.inputs.map((input): TabularScorer["inputs"][number] => {
    const [length, ...more] = input.shape.slice(1);
    const isSingle = length === undefined || (length === 1 && more.length === 0);
    return { ...input, columns: [input.name], ...(isSingle ? {} : { vector: [length, ...more] }) };
  });
  return first === undefined ? null : { ...scorer, kind: "tabular", inputs: [first, ...rest], missing: "error" };
}
