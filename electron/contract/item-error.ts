import * as z from "zod";

/** Where an item failed; the order is the order of the work. */
export const itemStages = ["read", "preprocess", "infer", "postprocess", "write"] as const;
export const itemStageSchema = z.enum(itemStages);
export type ItemStage = z.infer<typeof itemStageSchema>;

export const itemErrorCodes = [
  "file-empty",
  "file-unreadable",
  "file-encoding",
  "input-changed",
  "row-ragged",
  "row-quote",
  "row-too-long",
  "row-json",
  "column-missing",
  "column-repeated",
  "cell-empty",
  "cell-not-a-number",
  "cell-out-of-range",
  "cell-wrong-shape",
  "array-damaged",
  "array-unsupported",
  "array-missing",
  "array-wrong-shape",
  "array-too-large",
  "image-not-an-image",
  "image-damaged",
  "image-too-large",
  "image-unsupported",
  "audio-not-audio",
  "audio-damaged",
  "audio-unsupported",
  "audio-too-long",
  "text-encoding",
  "text-too-long",
  "signature-mismatch",
  "score-not-a-number",
  "azure-no-row",
  "script-raised",
  "script-bad-return",
  "script-short-return",
  "script-exited",
  "model-error",
  "out-of-memory",
  "worker-died",
  "timed-out",
  "retries-exhausted",
] as const;
export const itemErrorCodeSchema = z.enum(itemErrorCodes);
export type ItemErrorCode = z.infer<typeof itemErrorCodeSchema>;

/** One row of `errors.csv`. `row` is 1-based, null when the whole file is meant. `message` has no line break. */
export const itemErrorSchema = z.strictObject({
  file: z.string(),
  row: z.number().int().positive().nullable(),
  stage: itemStageSchema,
  code: itemErrorCodeSchema,
  message: z.string(),
  /** The raw text that failed, shortened to 200 characters; empty when there is none. */
  value: z.string(),
});
export type ItemError = Readonly<z.infer<typeof itemErrorSchema>>;

export const errorsHeader = "file,row,stage,code,message,value";
