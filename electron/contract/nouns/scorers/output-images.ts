import * as z from "zod";

/** An output that is written as pictures: its values as levels, or what they say of each pixel. */

/**
 * - `levels`: gray, colour, or colour and opacity, as there are 1, 3 or 4 channels.
 * - `classes`: the number of a class a pixel, of scores the best one, each class in a colour of its own.
 * - `alpha`: the picture that was scored, with the values as its opacity.
 */
const as = z.enum(["levels", "classes", "alpha"]);
const format = z.enum(["png", "jpg"]);
/** The values that become the lowest and the highest level; `auto`: the smallest and the largest that the model gives of an item. */
const range = z.union([z.tuple([z.number(), z.number()]).readonly(), z.literal("auto")]);
const bits = z.union([z.literal(8), z.literal(16)]);
/** The size that the model gives, or that of the picture that was scored. */
const size = z.enum(["model", "input"]);

/** What scorer.yml says of one output. */
export const outputImageFileSchema = z.strictObject({
  format: format.optional(),
  as: as.optional(),
  range: range.optional(),
  bits: bits.optional(),
  size: size.optional(),
});
export type OutputImageFile = Readonly<z.infer<typeof outputImageFileSchema>>;

/** The same with nothing left open, and where the channels are among an item's dimensions. */
export const outputImageSchema = z.strictObject({
  format,
  as,
  range,
  bits,
  size,
  layout: z.enum(["nhw", "nchw", "nhwc"]),
  channels: z.number().int().positive(),
});
export type OutputImage = Readonly<z.infer<typeof outputImageSchema>>;

/** Classes that a pixel's byte tells apart. */
export const mostClasses = 256;
/** Pixels of a side that JPEG holds. */
export const mostJpegSide = 65_500;

/** Height and width of an item's picture by the sizes of its dimensions; null where they are not those of a picture. */
export function imageSize(
  { layout, channels, format }: OutputImage,
  dims: readonly number[],
): { readonly height: number; readonly width: number } | null {
  if (dims.length !== layout.length - 1) return null;
  const [first = 0, second = 0, third = 0] = dims;
  const [height, width, found] =
    layout === "nchw" ? [second, third, first] : layout === "nhwc" ? [first, second, third] : [first, second, 1];
  const most = format === "jpg" ? mostJpegSide : Number.POSITIVE_INFINITY;
  return found === channels && Math.min(height, width) > 0 && Math.max(height, width) <= most
    ? { height, width }
    : null;
}
