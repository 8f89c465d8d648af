import { imageSize, type OutputImage } from "../../../electron/contract/nouns/scorers/output-images.ts";
import { backToInput, type InputPicture } from "./back-to-input.ts";
import { encodeJpeg } from "./jpeg.ts";
import { classesOf, type ItemValues, levelsOf, rounded } from "./levels.ts";
import { encodePng } from "./png.ts";
import type { Raster, WholeSamples } from "./raster.ts";

/**
 * The file that shows what a model gave for one item. `dims` are those of the item's values; `input` is the picture that was
 * scored, null for other items.
 */
export function pictureFile(
  image: OutputImage,
  values: ItemValues,
  dims: readonly number[],
  input: InputPicture | null,
): Buffer {
  const size = imageSize(image, dims);
  if (size === null) throw new Error("What is no picture was to be written as one.");
  const { as, bits } = image;
  const given = as === "classes" ? classesOf(values, size, image) : levelsOf(values, size, image);
  const raster =
    image.size === "input" ? backToInput(given, needed(input), bits, as === "classes") : rounded(given, bits);
  if (image.format === "jpg") return encodeJpeg(raster);
  return as === "alpha" ? encodePng(withOpacity(needed(input), raster)) : encodePng(raster, as === "classes");
}

/** The pixels of the picture itself, of which these are the opacity. */
function withOpacity({ pixels }: InputPicture, { data: opacity, ...size }: Raster<WholeSamples>): Raster<WholeSamples> {
  const data = needed(pixels);
  for (let pixel = 0; pixel < opacity.length; pixel++) data[pixel * 4 + 3] = opacity[pixel] as number;
  return { ...size, channels: 4, data };
}

function needed<Value>(value: Value | null): Value {
  if (value === null) throw new Error("The picture that was scored is not at hand.");
  return value;
}
