import * as z from "zod";
import { deviceSchema } from "./device.ts";
import { skippedBySchema, skippedNamesSchema } from "./skip-reason.ts";

const count = z.number().int().min(0);
const itemUnitSchema = z.enum(["row", "file"]);

/** What might be meant otherwise; the job starts all the same. Its words: contract/words and renderer/locales. */
export const preflightWarningSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("left-out"), files: count, by: skippedBySchema, names: skippedNamesSchema }),
  /** Inputs of the model whose columns are taken by their place in the file. */
  z.strictObject({ kind: z.literal("unnamed-columns"), inputs: z.array(z.string()) }),
  /** Of `output.keep`: no JSON line that was looked at has them. */
  z.strictObject({ kind: z.literal("unseen-keep"), columns: z.array(z.string()) }),
  /** There are fewer mini-batches than workers; `better` files in each would be work for all. */
  z.strictObject({
    kind: z.literal("idle-workers"),
    files: count,
    miniBatchSize: count,
    miniBatches: count,
    workers: count,
    better: count,
  }),
  z.strictObject({ kind: z.literal("large-mini-batch"), files: count }),
  /** Items that share a run change each other's results. */
  z.strictObject({ kind: z.literal("runs-alone") }),
  z.strictObject({ kind: z.literal("one-large-file") }),
  z.strictObject({ kind: z.literal("fewer-workers"), workers: count, wanted: count }),
  z.strictObject({ kind: z.literal("low-priority"), compute: z.string() }),
  /** `reason` is what the device or its driver said, in its own words. */
  z.strictObject({ kind: z.literal("device-fallback"), device: deviceSchema.exclude(["auto"]), reason: z.string() }),
  /** What is downloaded leaves a cloud, whose owner pays for that. */
  z.strictObject({ kind: z.literal("charged-download") }),
  /** What is to be downloaded could not be looked at; the job waits until it can be. */
  z.strictObject({ kind: z.literal("unreachable-download"), address: z.string() }),
  z.strictObject({
    kind: z.literal("tight-disk"),
    place: z.string(),
    holds: z.array(z.enum(["output", "workspace"])),
  }),
]);
export type PreflightWarning = Readonly<z.infer<typeof preflightWarningSchema>>;

/** What an estimate is taken from. Its words: contract/words and renderer/locales. */
export const estimateBasisSchema = z.discriminatedUnion("kind", [
  /** No rows are written at all. */
  z.strictObject({ kind: z.literal("no-rows") }),
  z.strictObject({ kind: z.literal("columns") }),
  z.strictObject({ kind: z.literal("sample"), items: count, unit: itemUnitSchema }),
  z.strictObject({ kind: z.literal("model-measured") }),
  /** The size of what an earlier job wrote. */
  z.strictObject({ kind: z.literal("job"), job: z.string() }),
  /** The time that an earlier job took. */
  z.strictObject({
    kind: z.literal("job-speed"),
    job: z.string(),
    secondsAgo: z.number().min(0),
    itemsPerSecond: z.number().min(0),
    unit: itemUnitSchema,
  }),
]);
export type EstimateBasis = Readonly<z.infer<typeof estimateBasisSchema>>;

/** Why there is no sample of predictions. Its words: contract/words and renderer/locales. */
export const noSampleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("script") }),
  /** The input is elsewhere, and downloaded when the job runs. */
  z.strictObject({ kind: z.literal("not-downloaded") }),
  z.strictObject({ kind: z.literal("not-started") }),
  z.strictObject({ kind: z.literal("too-slow") }),
  /** Nobody waits for it any more. */
  z.strictObject({ kind: z.literal("aborted") }),
  /** `reason` is what ONNX Runtime or the reader said, in its own words. */
  z.strictObject({ kind: z.literal("not-opened"), reason: z.string() }),
  z.strictObject({ kind: z.literal("not-scored"), reason: z.string() }),
  /** The process was ended by a signal or ended by itself with a code. */
  z.strictObject({ kind: z.literal("process-ended"), how: z.string() }),
]);
export type NoSample = Readonly<z.infer<typeof noSampleSchema>>;
