import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { InputValues } from "../block.ts";
import { allocateValues } from "../input-values.ts";
import { float16ToNumber, halfBits } from "../../../electron/contract/half-float.ts";

/** Numbers of an image tensor; 64-bit integers, booleans and texts make no pictures. */
type PixelValues = Exclude<InputValues, string[] | BigInt64Array | BigUint64Array>;

export type ImageTensorWriter = {
  /** Values of one picture: channels × height × width. */
  readonly length: number;
  /** Room for `pictures` pictures. */
  readonly allocate: (pictures: number) => InputValues;
  /** Writes one picture, three bytes a pixel (red, green, blue), as the `index`-th of `values`. */
  readonly write: (pixels: Uint8Array, values: InputValues, index: number) => void;
  /** The levels that the `index`-th of `values` stand for, four bytes a pixel: what `write` did to them undone, and opaque. */
  readonly levels: (values: InputValues, index: number) => Uint8ClampedArray;
};

const wholeNumberRanges: Partial<Record<TensorType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
};

/**
 * How pictures become the values of the model's input: `(pixel × scale − mean) / std` by a table of 256 entries a
 * channel, in the model's order of channels and layout. Types of whole numbers are rounded and kept in their range.
 * Null when the input's type cannot hold pictures.
 */
export function createImageTensorWriter(scorer: ImageScorer): ImageTensorWriter | null {
  const { type } = scorer.input;
  if (type === "string" || type === "bool" || type === "int64" || type === "uint64") return null;
  const plane = scorer.height * scorer.width;
  const channels = scorer.color === "gray" ? 1 : 3;
  const tables = Array.from({ length: channels }, (_, channel) => valueTable(scorer, channel));
  const length = plane * channels;
  // The distance between neighbouring pixels of a channel, and between channels of a pixel.
  const pixelStep = scorer.layout === "nchw" ? 1 : channels;
  const channelStep = scorer.layout === "nchw" ? plane : 1;

  return {
    length,
    allocate: (pictures) => allocateValues(type, pictures * length),
    write(pixels, target, index) {
      const values = target as Float32Array;
      for (let channel = 0; channel < channels; channel++) {
        const table = tables[channel] as Float32Array;
        let at = index * length + channel * channelStep;
        if (scorer.color === "gray") {
          for (let pixel = 0; pixel < plane; pixel++, at += pixelStep)
            values[at] = table[brightness(pixels, pixel * 3)] as number;
          continue;
        }
        let from = scorer.color === "bgr" ? 2 - channel : channel;
        for (let pixel = 0; pixel < plane; pixel++, at += pixelStep, from += 3) {
          values[at] = table[pixels[from] as number] as number;
        }
      }
    },
    levels(source, index) {
      const values = source as Float32Array;
      const pixels = new Uint8ClampedArray(plane * 4).fill(255);
      for (let colour = 0; colour < 3; colour++) {
        const channel = channels === 1 ? 0 : scorer.color === "bgr" ? 2 - colour : colour;
        let at = index * length + channel * channelStep;
        for (let to = colour; to < pixels.length; to += 4, at += pixelStep) {
          pixels[to] = levelOf(scorer, channel, values[at] as number);
        }
      }
      return pixels;
    },
  };
}

/** The inverse of what `valueTable` holds; not a number where all levels become the same. */
function levelOf(scorer: ImageScorer, channel: number, stored: number): number {
  const value = scorer.input.type === "float16" ? float16ToNumber(stored) : stored;
  const level = (value * deviationOf(scorer, channel) + meanOf(scorer, channel)) / scaleOf(scorer, channel);
  return scorer.gamma === "linear" ? displayLevel(level) : level;
}

function scaleOf({ scale }: ImageScorer, channel: number): number {
  return scale[channel] ?? 1;
}

function meanOf({ mean }: ImageScorer, channel: number): number {
  return mean[channel] ?? 0;
}

function deviationOf({ std }: ImageScorer, channel: number): number {
  return std[channel] ?? 1;
}

/** ITU-R BT.601, the gray of JPEG and of most training pipelines. */
function brightness(pixels: Uint8Array, at: number): number {
  const red = pixels[at] as number;
  const green = pixels[at + 1] as number;
  const blue = pixels[at + 2] as number;
  return (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;
}

function valueTable(scorer: ImageScorer, channel: number): PixelValues {
  const scale = scaleOf(scorer, channel);
  const mean = meanOf(scorer, channel);
  const deviation = deviationOf(scorer, channel);
  const { type } = scorer.input;
  const table = allocateValues(type, 256) as PixelValues;
  const range = wholeNumberRanges[type];
  for (let pixel = 0; pixel < 256; pixel++) {
    const level = scorer.gamma === "linear" ? linearLevel(pixel) : pixel;
    const value = (level * scale - mean) / deviation;
    if (type === "float16") table[pixel] = halfBits(value);
    else table[pixel] = range === undefined ? value : Math.min(range[1], Math.max(range[0], Math.round(value)));
  }
  return table;
}

/** A level of sRGB (IEC 61966-2-1) as one that is proportional to light, both 0 to 255. */
function linearLevel(pixel: number): number {
  const level = pixel / 255;
  return 255 * (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4);
}

/** The inverse of `linearLevel`. */
function displayLevel(linear: number): number {
  const light = linear / 255;
  return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);
}
