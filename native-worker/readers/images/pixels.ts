import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";

/** What becomes of opacity: it is left out, or the picture lies over black or white. */
export type Alpha = NonNullable<ImageScorer["alpha"]>;

/** A decoded picture, rows without gaps: gray, gray and opacity, colour, or colour and opacity. */
export type Samples = {
  readonly data: Uint8Array;
  readonly channels: 1 | 2 | 3 | 4;
  /** Bytes a sample: 1, or 2 of which `highByte` is where the higher one is. */
  readonly bytes: 1 | 2;
  readonly highByte: 0 | 1;
};

/**
 * Writes `samples` as pixels of four bytes (red, green, blue, and one that is not looked at) that fill `target`, which begins on a multiple of four. Of 16 bits
 * the higher 8 count.
 */
export function writePixels({ data, channels, bytes, highByte }: Samples, target: Uint8Array, alpha: Alpha): void {
  const step = channels * bytes;
  const [green, blue] = channels < 3 ? [0, 0] : [bytes, 2 * bytes];
  // Four bytes at once, the lowest first: every system that Batchdeck runs on is little-endian.
  const pixels = new Uint32Array(target.buffer, target.byteOffset, target.length / 4);
  for (let at = 0, from: number = highByte; at < pixels.length; at++, from += step) {
    pixels[at] = (data[from] as number) | ((data[from + green] as number) << 8) | ((data[from + blue] as number) << 16);
  }
  if (alpha === "drop" || channels % 2 === 1) return;
  const background = alpha === "white" ? 255 : 0;
  for (let at = 0, from = step - bytes + highByte; at < target.length; at += 4, from += step) {
    for (let channel = at; channel < at + 3; channel++) {
      target[channel] = over(target[channel] as number, data[from] as number, background);
    }
  }
}

function over(level: number, opacity: number, background: number): number {
  return Math.round((level * opacity + background * (255 - opacity)) / 255);
}
