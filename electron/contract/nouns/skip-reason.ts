import * as z from "zod";

/** Why a listing leaves a file out. */
export const skipReasonSchema = z.enum([
  "hidden",
  "our-workspace",
  "system",
  "our-output",
  "unfinished-output",
  "other-ending",
  "outside-link",
  "broken-link",
  "repeated-link",
  "unreadable-name",
  "not-a-file",
]);
export type SkipReason = z.infer<typeof skipReasonSchema>;

/** How many files are left out for each reason. */
export const skippedBySchema = z.partialRecord(skipReasonSchema, z.number().int().min(0));
