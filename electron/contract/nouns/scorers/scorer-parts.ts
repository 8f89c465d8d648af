import * as z from "zod";
import { missingSchema } from "../../tables/missing.ts";
import { tensorTypeSchema } from "../../signature.ts";
import { outputImageSchema } from "./output-images.ts";
import { constantSchema } from "./constants.ts";

/** What is made of the vectors of a text's tokens, padding apart: their mean, the first, or the largest of each value. */
export const pools = ["mean", "cls", "max"] as const;

/**
 * One model output as it is written: `columns` are the final header names, `width` values a row before top-k. Of an array
 * `width` is 1: it is one cell, whatever it holds.
 */
export const scorerOutputSchema = z.strictObject({
  name: z.string(),
  type: tensorTypeSchema,
  width: z.number().int().positive(),
  labels: z.array(z.string()).nullable(),
  softmax: z.boolean(),
  /** 0: every value is a column. k: `<output>_top1`, `<output>_top1_score`, … up to k, best first. */
  topK: z.number().int().min(0),
  columns: z.array(z.string()),
  /** The output has a vector a token, [N, tokens, `width`], and this is made of those of a text; left out: it has `width` values a row. */
  pool: z.enum(pools).optional(),
  /** The values of a row are divided by their Euclidean length, at least 1e-12. */
  normalize: z.literal(true).optional(),
  /** Its values are one cell: too many for columns, or not of a number that is known. `shape` is that of an item, null where it varies. */
  array: z.strictObject({ shape: z.array(z.number().int().positive().nullable()) }).optional(),
  /** The array is written as a picture, a file an item. */
  image: outputImageSchema.optional(),
});
export type ScorerOutput = Readonly<z.infer<typeof scorerOutputSchema>>;

/** How many values of an output an item has; null where that varies. */
export function valuesPerItem({ width, array }: ScorerOutput): number | null {
  if (array === undefined) return width;
  return array.shape.reduce<number | null>(
    (values, size) => (values === null || size === null ? null : values * size),
    1,
  );
}

/** What scorers of every kind have. */
export const scorerParts = {
  outputs: z.array(scorerOutputSchema).nonempty(),
  /** Input columns carried into the predictions, in this order. Empty: `file` (and `row`) come first instead. */
  keep: z.array(z.string()),
  /** A row with a score that is NaN or infinite fails; left out: it is written, and counted as one. */
  notANumber: z.literal("error").optional(),
  /** Rows per `session.run`: a number, or `auto` until the job freezes it. */
  batch: z.union([z.literal("auto"), z.number().int().positive()]),
  /** `batch` is 1 since items that share a run change each other's results; left out: they do not, or `batch` was asked for. */
  runsAlone: z.literal(true).optional(),
  /** A run holds one item, and all that comes out of it is that item's; left out: outputs begin with the rows. */
  wholeOutputs: z.literal(true).optional(),
  /** Model inputs that are the same for every item; left out: there are none. */
  constants: z.array(constantSchema).nonempty().optional(),
  /** Rows a run must have when the model fixes its batch dimension; a short last run is padded. */
  fixedBatch: z.number().int().positive().nullable(),
};

/** `MissingRules`, as they are stored. */
export const missingRules = {
  missing: missingSchema,
  columnMissing: z.record(z.string(), missingSchema).optional(),
  missingWords: z.array(z.string()).nonempty().optional(),
};

/** How texts are encoded, by name in the WHATWG Encoding Standard, lower case; left out: as each file shows. */
export const encoding = z.string().optional();
