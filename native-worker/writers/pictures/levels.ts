import { mostClasses, type OutputImage } from "../../../electron/contract/nouns/scorers/output-images.ts";
import type { PictureSize } from "../../readers/images/image-resize.ts";
import { allocateSamples, type Raster, type WholeSamples } from "./raster.ts";

/** The values of one item, as the model gives them. */
export type ItemValues = ArrayLike<number>;

/**
 * Values as levels from 0 to the highest that the bits hold, not yet whole numbers: the range is spread over them, what lies
 * outside of it gets its nearer end, and NaN the lowest.
 */
export function levelsOf(values: ItemValues, size: PictureSize, image: OutputImage): Raster<Float32Array> {
  const { layout, channels, bits } = image;
  const [low, high] = image.range === "auto" ? extentOf(values) : image.range;
  const highest = 2 ** bits - 1;
  const factor = high === low ? 0 : highest / (high - low);
  const pixels = size.width * size.height;
  const data = new Float32Array(pixels * channels);
  const [pixelStep, channelStep] = layout === "nhwc" ? [channels, 1] : [1, pixels];
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const level = ((values[pixel * pixelStep + channel * channelStep] as number) - low) * factor;
      // Not NaN, of which nothing is larger or smaller.
      data[pixel * channels + channel] = level > 0 ? Math.min(level, highest) : 0;
    }
  }
  return { ...size, channels, data };
}

/** The smallest and the largest finite value. */
function extentOf(values: ItemValues): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [0, 0] : [low, high];
}

/** The class of each pixel: the one with the highest score, of equals the first; of one channel the number that stands there. */
export function classesOf(values: ItemValues, size: PictureSize, image: OutputImage): Raster<Float32Array> {
  const { layout, channels } = image;
  if (channels === 1) return levelsOf(values, size, { ...image, range: [0, mostClasses - 1] });
  const pixels = size.width * size.height;
  const data = new Float32Array(pixels);
  const best = new Float64Array(pixels).fill(Number.NEGATIVE_INFINITY);
  const [pixelStep, channelStep] = layout === "nhwc" ? [channels, 1] : [1, pixels];
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const score = values[pixel * pixelStep + channel * channelStep] as number;
      if (!(score > (best[pixel] as number))) continue;
      best[pixel] = score;
      data[pixel] = channel;
    }
  }
  return { ...size, channels: 1, data };
}

/** The nearest whole levels. */
export function rounded({ data, ...raster }: Raster<Float32Array>, bits: 8 | 16): Raster<WholeSamples> {
  const whole = allocateSamples(data.length, bits);
  for (let index = 0; index < data.length; index++) whole[index] = Math.round(data[index] as number);
  return { ...raster, data: whole };
}
