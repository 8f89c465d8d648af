import type { PictureSize } from "../../readers/images/image-resize.ts";
import type { PicturePlace } from "../../readers/images/picture-place.ts";
import { allocateSamples, type Raster, type WholeSamples } from "./raster.ts";

/** A picture that was scored: where it lies in what the model takes, which is `taken` large. */
export type InputPicture = {
  readonly place: PicturePlace;
  readonly taken: PictureSize;
  /** Its own pixels as they are shown, four bytes each; null where nobody wants them. */
  readonly pixels: Uint8Array | null;
};

/**
 * What the model gave of a picture, brought to that picture's size: resizing, borders and turning are undone. Between samples
 * it goes straight, or jumps where `keepsValues`. What was cut off before the model saw it is 0.
 */
export function backToInput(
  { data, channels, ...given }: Raster<Float32Array>,
  { place: { size, from, to }, taken }: InputPicture,
  bits: 8 | 16,
  keepsValues: boolean,
): Raster<WholeSamples> {
  const columns = axisOf(size.width, from.left, from.width, to.left, to.width, taken.width, given.width, keepsValues);
  const rows = axisOf(size.height, from.top, from.height, to.top, to.height, taken.height, given.height, keepsValues);
  const result = allocateSamples(size.width * size.height * channels, bits);
  const stride = given.width * channels;
  for (let y = 0; y < size.height; y++) {
    const upper = rows.first[y] as number;
    if (upper < 0) continue;
    const [above, below] = [upper * stride, (rows.second[y] as number) * stride];
    const down = rows.share[y] as number;
    for (let x = 0; x < size.width; x++) {
      const left = columns.first[x] as number;
      if (left < 0) continue;
      const [near, far] = [left * channels, (columns.second[x] as number) * channels];
      const across = columns.share[x] as number;
      const target = (y * size.width + x) * channels;
      for (let channel = 0; channel < channels; channel++) {
        const one = between(data, above + near + channel, above + far + channel, across);
        const other = between(data, below + near + channel, below + far + channel, across);
        result[target + channel] = Math.round(one + (other - one) * down);
      }
    }
  }
  return { ...size, channels, data: result };
}

function between(data: Float32Array, first: number, second: number, share: number): number {
  const value = data[first] as number;
  return value + ((data[second] as number) - value) * share;
}

/** For each pixel of one axis the two samples around it and how far the second counts; `first` is -1 where there are none. */
type Axis = { readonly first: Int32Array; readonly second: Int32Array; readonly share: Float32Array };

/**
 * Of `count` pixels, of which `length` from `start` on became `toLength` of the `taken` pixels from `toStart` on, for which the
 * model gave `samples`. Only samples of the picture itself count, none of its border.
 */
function axisOf(
  count: number,
  start: number,
  length: number,
  toStart: number,
  toLength: number,
  taken: number,
  samples: number,
  keepsValues: boolean,
): Axis {
  const scale = samples / taken;
  const begin = Math.max(0, toStart * scale);
  const end = Math.min(samples, (toStart + toLength) * scale);
  const lowest = Math.min(samples - 1, Math.floor(begin));
  const highest = Math.max(lowest, Math.ceil(end) - 1);
  const [first, second] = [new Int32Array(count).fill(-1), new Int32Array(count)];
  const share = new Float32Array(count);
  for (let pixel = 0; pixel < count; pixel++) {
    const place = (toStart + ((pixel + 0.5 - start) * toLength) / length) * scale;
    if (place < begin || place > end) continue;
    const middle = Math.min(highest, Math.max(lowest, place - 0.5));
    const at = keepsValues ? Math.round(middle) : Math.floor(middle);
    first[pixel] = at;
    second[pixel] = keepsValues ? at : Math.min(highest, at + 1);
    share[pixel] = middle - at;
  }
  return { first, second, share };
}
