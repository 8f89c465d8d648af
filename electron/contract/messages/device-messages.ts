import * as z from "zod";
import { deviceReportSchema, deviceSchema } from "../nouns/device.ts";
import { problemSchema } from "../problem.ts";
import { scorerSchema } from "../nouns/scorer.ts";

/**
 * What is said to the device process (native-worker/device-process.ts): it opens sessions as a worker does, on behalf of
 * a program that a driver must not take down with it. Every message is answered once; whoever asked ends the process.
 */
export const toDeviceProcessSchema = z.discriminatedUnion("type", [
  /** Open and run a tiny model on one device of this machine; answered by `tried`. */
  z.strictObject({ type: z.literal("try"), device: deviceSchema.exclude(["auto"]) }),
  /**
   * Open the model in `file` (absolute path) on a device and measure how many rows a second it scores, on invented values,
   * with different numbers of rows per `session.run`. The measuring, loading included, takes at most `share` of the time
   * that a job of `items` items would take on `workers` such processes. Answered by `measured` or `problem`.
   */
  z.strictObject({
    type: z.literal("measure"),
    file: z.string(),
    scorer: scorerSchema,
    device: deviceSchema.exclude(["auto"]),
    items: z.number().int().positive(),
    workers: z.number().int().positive(),
    share: z.number().positive().max(1),
  }),
  /** Open the tokenizer.json at `file` (absolute path) as a worker does, and try it on odd texts; answered by `tokenizer` or `problem`. */
  z.strictObject({ type: z.literal("tokenizer"), file: z.string() }),
]);
export type ToDeviceProcess = Readonly<z.infer<typeof toDeviceProcessSchema>>;
export type MeasureModel = Readonly<Extract<ToDeviceProcess, { type: "measure" }>>;

/** What must be known of a tokenizer before a text is read. */
export const tokenizerFactsSchema = z.strictObject({
  /** Tokens, special ones included, that it cuts texts to by itself; null: it does not. */
  maxLength: z.number().int().positive().nullable(),
  /** Tokens that it puts before and after every text. */
  specialTokens: z.number().int().min(0),
});
export type TokenizerFacts = Readonly<z.infer<typeof tokenizerFactsSchema>>;

/** Rows a second of one process, with so many rows per run. */
export const batchRateSchema = z.strictObject({
  batch: z.number().int().positive(),
  rowsPerSecond: z.number().min(0),
});
export type BatchRate = Readonly<z.infer<typeof batchRateSchema>>;

export const fromDeviceProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("tried"), report: deviceReportSchema }),
  z.strictObject({
    type: z.literal("measured"),
    /** As in `job-opened` (worker-messages.ts). */
    provider: z.string(),
    fallback: z.string().nullable(),
    /** Empty when the model did not run on that device. By rising batch. Every size was tried several times when `complete`; else there was only time for a first look. */
    rates: z.array(batchRateSchema),
    complete: z.boolean(),
  }),
  z.strictObject({ type: z.literal("tokenizer"), facts: tokenizerFactsSchema }),
  z.strictObject({ type: z.literal("problem"), problem: problemSchema }),
]);
export type FromDeviceProcess = Readonly<z.infer<typeof fromDeviceProcessSchema>>;
