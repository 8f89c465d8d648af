import * as z from "zod";
import { tensorInfoSchema } from "../../signature.ts";

/**
 * A model input that is the same for every item. `shape` is that of its tensor; its one null, if any, are the rows of a run. A
 * single value fills it, else there are as many as a run of one row takes. They are texts, since JSON has no NaN and
 * rounds large numbers.
 */
export const constantSchema = tensorInfoSchema.extend({ values: z.array(z.string()) });
export type Constant = Readonly<z.infer<typeof constantSchema>>;

/** Values as scorer.yml gives them: one, or lists of them as deep as the input has dimensions. */
export type ConstantValue = string | number | boolean | readonly ConstantValue[];
/** Also NaN and the infinities, as YAML has them. */
const anyNumber = z.custom<number>((value) => typeof value === "number");
export const constantValueSchema: z.ZodType<ConstantValue> = z.lazy(() =>
  z.union([z.string(), anyNumber, z.boolean(), z.array(constantValueSchema)]),
);
