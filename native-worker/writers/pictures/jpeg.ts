import { createCanvas, ImageData } from "@napi-rs/canvas";
import type { Raster, WholeSamples } from "./raster.ts";

const quality = 90;

/** A picture of 1 or 3 channels as a JPEG file. */
export function encodeJpeg({ width, height, channels, data }: Raster<WholeSamples>): Buffer {
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let to = 0, from = 0; to < pixels.length; to += 4, from += channels) {
    for (let color = 0; color < 3; color++) pixels[to + color] = data[channels === 1 ? from : from + color] as number;
  }
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas.toBuffer("image/jpeg", quality);
}
