import type { PictureSize } from "../../readers/images/image-resize.ts";

/** A picture in memory: row by row, the channels of a pixel side by side. */
export type Raster<Samples> = PictureSize & { readonly channels: number; readonly data: Samples };

/** What is written of one: 8 or 16 bits a sample. */
export type WholeSamples = Uint8Array | Uint16Array;

export function allocateSamples(count: number, bits: 8 | 16): WholeSamples {
  return bits === 16 ? new Uint16Array(count) : new Uint8Array(count);
}
