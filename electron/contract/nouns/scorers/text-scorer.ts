import * as z from "zod";
import { tensorInfoSchema } from "../../signature.ts";
import { encoding, missingRules, scorerParts } from "./scorer-parts.ts";
import type { TabularScorer } from "./tabular-scorer.ts";

/**
 * Texts. An item is a whole text file, a line of one, or a row of a table whose `column` holds the text. Without a
 * tokenizer the model takes the text itself (one string input); with one it takes what the tokenizer makes of it.
 */
export const textScorerSchema = z.strictObject({
  kind: z.literal("text"),
  items: z.enum(["file", "line", "row"]),
  /** The column that holds the text; null unless items are rows. */
  column: z.string().nullable(),
  encoding,
  /** What a cell of that column without a value does: fails its row, is an empty text, or is that value as text. */
  ...missingRules,
  inputs: z
    .array(tensorInfoSchema.extend({ holds: z.enum(["text", "input_ids", "attention_mask", "token_type_ids"]) }))
    .nonempty(),
  tokenizer: z
    .strictObject({
      /** Path of the tokenizer.json, relative to the folder of the .onnx file, with `/`. */
      file: z.string(),
      /** Tokens that a text is cut to, special ones included; null: as many as it has. */
      maxLength: z.number().int().positive().nullable(),
    })
    .nullable(),
  ...scorerParts,
});
export type TextScorer = Readonly<z.infer<typeof textScorerSchema>>;

/** Larger than any tokenizer.json that is published: it is read and held as a whole. */
export const maxTokenizerBytes = 64 * 1024 * 1024;

/** The table that texts are read as when items are rows or lines: one column of text, by the name of the model's input. */
export function textTable({
  inputs,
  column,
  encoding,
  outputs,
  keep,
  constants,
  batch,
  fixedBatch,
  ...scorer
}: TextScorer): TabularScorer {
  const name = inputs[0]?.name ?? "text";
  const text = { name, type: "string" as const, shape: [null], columns: [column ?? name] };
  const { missing, columnMissing, missingWords } = scorer;
  return {
    kind: "tabular",
    inputs: [text],
    encoding,
    missing,
    columnMissing,
    missingWords,
    outputs,
    keep,
    constants,
    batch,
    fixedBatch,
  };
}
