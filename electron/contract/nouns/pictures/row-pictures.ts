import * as z from "zod";
import { problemSchema } from "../../problem.ts";
import { shownPictureSchema } from "./shown-picture.ts";

/** Something that was found in a picture, in pixels of the picture; `row` is its row in the predictions, from 0. */
export const shownBoxSchema = z.strictObject({
  row: z.number().int().min(0),
  label: z.string(),
  score: z.number(),
  x1: z.number(),
  y1: z.number(),
  x2: z.number(),
  y2: z.number(),
});
export type ShownBox = Readonly<z.infer<typeof shownBoxSchema>>;

const rowPictureSchema = z.strictObject({
  /** The output that made it; null: it is the picture that was scored. */
  output: z.string().nullable(),
  /** Path relative to the input or, of an output, to the output folder, with `/`. */
  file: z.string(),
  /** Null: it cannot be shown, for the reason that `problem` has. */
  picture: shownPictureSchema.nullable(),
  problem: problemSchema.nullable(),
});
export type RowPicture = Readonly<z.infer<typeof rowPictureSchema>>;

/** The pictures that belong to a row of a job's predictions: the one that was scored, then those that its outputs are. */
export const rowPicturesSchema = z.strictObject({
  /** The rows with the same pictures, from 0, end exclusive: those of a file, of which each box has one. */
  rows: z.strictObject({ start: z.number().int().min(0), end: z.number().int().min(1) }),
  pictures: z.tuple([rowPictureSchema], rowPictureSchema),
  /** What was found in the first of them; empty where the model finds nothing in pictures. */
  boxes: z.array(shownBoxSchema),
});
export type RowPictures = Readonly<z.infer<typeof rowPicturesSchema>>;
