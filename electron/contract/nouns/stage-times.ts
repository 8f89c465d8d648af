import * as z from "zod";

/** Where the time of a mini-batch went, in milliseconds. */
export const stageTimesSchema = z.strictObject({
  read: z.number().min(0),
  preprocess: z.number().min(0),
  infer: z.number().min(0),
  postprocess: z.number().min(0),
  write: z.number().min(0),
});
export type StageTimes = Readonly<z.infer<typeof stageTimesSchema>>;
