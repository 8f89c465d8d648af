import * as z from "zod";

/** Why a listing leaves a file out. */
export const skipReasonSchema = z.enum([
  "hidden",
  "our-workspace",
  "system",
  "our-output",
  "unfinished-output",
  "other-ending",
  "other-content",
  "outside-link",
  "broken-link",
  "repeated-link",
  "unreadable-name",
  "not-a-file",
]);
export type SkipReason = z.infer<typeof skipReasonSchema>;

/** How many files are left out for each reason. */
export const skippedBySchema = z.partialRecord(skipReasonSchema, z.number().int().min(0));

/** So many of the files that are left out for one reason are named. */
export const namedSkips = 5;

/** The first of them by path, relative to the input with `/`; none for what was listed by an earlier version. */
export const skippedNamesSchema = z.partialRecord(skipReasonSchema, z.array(z.string()).max(namedSkips));
export type SkippedNames = Readonly<z.infer<typeof skippedNamesSchema>>;
