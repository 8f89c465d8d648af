import * as z from "zod";
import { deviceSchema } from "./device.ts";
import { skippedBySchema, skippedNamesSchema } from "./skip-reason.ts";

/** What the user of a job should know and need not act on. Its words: contract/words and renderer/locales. */
export const jobWarningSchema = z.discriminatedUnion("kind", [
  /** Files of the input that were not read, why, and the first of them. */
  z.strictObject({
    kind: z.literal("left-out"),
    files: z.number().int().min(0),
    by: skippedBySchema,
    names: skippedNamesSchema,
  }),
  /** It ran on the CPU; `reason` is what the device or its driver said, in its own words. */
  z.strictObject({ kind: z.literal("device-fallback"), device: deviceSchema.exclude(["auto"]), reason: z.string() }),
  /** The script has files of the names that ours have, so ours are in `folder`. */
  z.strictObject({ kind: z.literal("own-folder"), folder: z.string() }),
  /** The journal was damaged, and everything was scored again. */
  z.strictObject({ kind: z.literal("began-again") }),
  /** The list of its files was damaged: the input was listed, and everything scored, again. */
  z.strictObject({ kind: z.literal("listed-again") }),
  /** Results of so many mini-batches were damaged. */
  z.strictObject({ kind: z.literal("scored-again"), miniBatches: z.number().int().positive() }),
  /** Of a job in Azure: files in folders of the input, which Azure does not look into. */
  z.strictObject({ kind: z.literal("azure-nested"), files: z.number().int().positive() }),
  /** Azure scored items more than once, and the rows are not the same; the first ones were taken. */
  z.strictObject({ kind: z.literal("azure-repeated"), items: z.number().int().positive() }),
  /** Memory did not suffice for `batch` rows per run of the model. */
  z.strictObject({
    kind: z.literal("smaller-batch"),
    batch: z.number().int().positive(),
    smallest: z.number().int().positive(),
  }),
]);
export type JobWarning = Readonly<z.infer<typeof jobWarningSchema>>;
