import * as z from "zod";
import { skippedBySchema, skippedNamesSchema } from "../skip-reason.ts";

const countSchema = z.number().int().min(0);

/** What of an input is sent to Azure, and what is not. */
export const sentFilesSchema = z.strictObject({
  files: countSchema,
  /** SHA-256 of which files these are: where the input lies, and their names, sizes and times. Another may hold the same. */
  listing: z.string(),
  bytes: z.number().min(0),
  skipped: countSchema,
  skippedBy: skippedBySchema,
  skippedNames: skippedNamesSchema,
  /** Files in folders of the input, which Azure does not look into. */
  nested: countSchema,
});
export type SentFiles = Readonly<z.infer<typeof sentFilesSchema>>;
