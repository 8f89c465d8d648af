import * as z from "zod";

/** What a job that is Finalizing writes, and how much of it is written, from 0 to 1. */
export const writingSchema = z.strictObject({
  /** `rows`: scored rows are put in the order of the input. `parquet`: those rows become a Parquet file. */
  step: z.enum(["rows", "parquet"]),
  share: z.number().min(0).max(1),
});
export type Writing = Readonly<z.infer<typeof writingSchema>>;
