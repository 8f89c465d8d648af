import * as z from "zod";
import { jobSpecSchema } from "../nouns/job-spec.ts";
import { miniBatchPartSchema } from "../nouns/mini-batch.ts";
import { imageScorerSchema } from "../nouns/scorers/image-scorer.ts";
import { seenPictureSchema, shownPictureSchema } from "../nouns/pictures/shown-picture.ts";
import { problemSchema } from "../problem.ts";

/**
 * What is said to the picture process (native-worker/picture-process.ts): it decodes pictures for the window, as a worker
 * does for a model, since a hostile one may take the process that decodes it down.
 */
export const toPictureProcessSchema = z.discriminatedUnion("type", [
  /** Decode a file and make it small; answered by `shown` or `problem`. */
  z.strictObject({
    type: z.literal("show"),
    /** Absolute, and free of links. */
    place: z.string(),
    /** What the file is called where a problem names it. */
    name: z.string(),
    /** What lay there when it was listed; anything else there is not read. */
    listed: z.strictObject({
      sizeBytes: z.number().int().min(0),
      modifiedMs: z.number(),
      inode: z.number().optional(),
    }),
    alpha: imageScorerSchema.shape.alpha,
  }),
  /** Make of some files what the model sees; answered by `seen` for each that can be decoded, in order, then by `done`. */
  z.strictObject({
    type: z.literal("see"),
    input: jobSpecSchema.shape.input,
    scorer: imageScorerSchema,
    parts: z.array(miniBatchPartSchema),
  }),
]);
export type ToPictureProcess = Readonly<z.infer<typeof toPictureProcessSchema>>;
export type ShowPicture = Readonly<Extract<ToPictureProcess, { type: "show" }>>;
export type SeePictures = Readonly<Extract<ToPictureProcess, { type: "see" }>>;

export const fromPictureProcessSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("shown"), picture: shownPictureSchema }),
  z.strictObject({ type: z.literal("problem"), problem: problemSchema }),
  seenPictureSchema.extend({ type: z.literal("seen") }),
  z.strictObject({ type: z.literal("done") }),
]);
export type FromPictureProcess = Readonly<z.infer<typeof fromPictureProcessSchema>>;
