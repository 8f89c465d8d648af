import * as z from "zod";

/** Pixels of the longer side of a picture as the window gets it: sharp in its half of a large window. */
export const maxShownSide = 1024;
/** Pixels of the longer side of what a model sees, as the sheet before Start shows it. */
export const maxSeenSide = 256;
/** How many pictures that sheet shows. */
export const maxSeenPictures = 3;
/** Characters of a picture: what even noise of that size needs as PNG. */
const maxImageCharacters = 6_000_000;

/** A picture that a process of ours decoded, made small and encoded again. What was in its file never comes to the window. */
export const shownPictureSchema = z.strictObject({
  /** Pixels of the picture itself, turned as it is shown. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** The picture, no side longer than `maxShownSide`, as the address of an image. */
  image: z
    .string()
    .max(maxImageCharacters)
    .regex(/^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2}$/),
});
export type ShownPicture = Readonly<z.infer<typeof shownPictureSchema>>;

/** A file of the input as the model sees it: resized, cut and padded, its values turned back into levels. */
export const seenPictureSchema = z.strictObject({
  /** Path relative to the input, with `/`. */
  file: z.string(),
  picture: shownPictureSchema,
});
export type SeenPicture = Readonly<z.infer<typeof seenPictureSchema>>;
