import type { ImageScorer } from "../../electron/contract/scorer.ts";

/** Pixels of three bytes (red, green, blue), or of four when they come from a canvas. Rows without gaps. */
export type Pixels = {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: 3 | 4;
};

/**
 * How one output pixel of an axis is made of input pixels: `starts[i]` is the first, `weights[offsets[i]..offsets[i+1])`
 * are the shares, which add up to 1.
 */
type AxisPlan = {
  readonly starts: Int32Array;
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
};

/**
 * Fits a picture into `width × height` and returns three bytes a pixel. `stretch` fills both sides; `contain` keeps the
 * proportions and leaves black borders; `cover` keeps them and cuts off what sticks out, the same on both sides.
 * Each axis is averaged over the covered area where it shrinks and interpolated linearly where it grows.
 */
export function fitImage(pixels: Pixels, width: number, height: number, resize: ImageScorer["resize"]): Uint8Array {
  const target = new Uint8Array(width * height * 3);
  if (resize === "stretch") {
    resample(pixels, { left: 0, top: 0, width: pixels.width, height: pixels.height }, target, width, {
      left: 0,
      top: 0,
      width,
      height,
    });
    return target;
  }
  const ratios = [width / pixels.width, height / pixels.height] as const;
  if (resize === "contain") {
    const ratio = Math.min(...ratios);
    const placed = {
      width: clamp(Math.round(pixels.width * ratio), 1, width),
      height: clamp(Math.round(pixels.height * ratio), 1, height),
    };
    const left = Math.floor((width - placed.width) / 2);
    const top = Math.floor((height - placed.height) / 2);
    const whole = { left: 0, top: 0, width: pixels.width, height: pixels.height };
    resample(pixels, whole, target, width, { left, top, ...placed });
    return target;
  }
  const ratio = Math.max(...ratios);
  const cut = { width: Math.min(pixels.width, width / ratio), height: Math.min(pixels.height, height / ratio) };
  const left = (pixels.width - cut.width) / 2;
  const top = (pixels.height - cut.height) / 2;
  resample(pixels, { left, top, ...cut }, target, width, { left: 0, top: 0, width, height });
  return target;
}

type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Fills `to` (whole pixels) of `target`, which is `targetWidth` pixels wide, with `from` (any part) of `source`. */
function resample(source: Pixels, from: Box, target: Uint8Array, targetWidth: number, to: Box): void {
  const across = axisPlan(source.width, from.left, from.width, to.width);
  const down = axisPlan(source.height, from.top, from.height, to.height);
  const sums = new Float64Array(to.width * 3);
  const line = new Float64Array(to.width * 3);
  // Where the picture grows, neighbouring output rows share input rows: the last two are kept.
  const cachedLines = new Map<number, Float64Array>();
  const isGrowing = to.height > from.height;

  for (let y = 0; y < to.height; y++) {
    sums.fill(0.5);
    const first = down.starts[y] as number;
    const offset = down.offsets[y] as number;
    const count = (down.offsets[y + 1] as number) - offset;
    for (let index = 0; index < count; index++) {
      const share = down.weights[offset + index] as number;
      const row = first + index;
      let reduced = cachedLines.get(row);
      if (reduced === undefined) {
        reduced = isGrowing ? new Float64Array(to.width * 3) : line;
        reduceRow(source, row, across, reduced);
        if (isGrowing) {
          for (const old of cachedLines.keys()) if (old < first) cachedLines.delete(old);
          cachedLines.set(row, reduced);
        }
      }
      for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + share * (reduced[at] as number);
    }
    let out = ((to.top + y) * targetWidth + to.left) * 3;
    for (let at = 0; at < sums.length; at++) target[out++] = sums[at] as number;
  }
}

/** One row of the source, made as wide as the output. */
function reduceRow(source: Pixels, row: number, plan: AxisPlan, line: Float64Array): void {
  const { bytes, bytesPerPixel: step } = source;
  const { starts, offsets, weights } = plan;
  const rowStart = row * source.width * step;
  let out = 0;
  for (let x = 0; x < starts.length; x++) {
    const offset = offsets[x] as number;
    const last = (offsets[x + 1] as number) - 1;
    let at = rowStart + (starts[x] as number) * step;
    const firstShare = weights[offset] as number;
    let red = firstShare * (bytes[at] as number);
    let green = firstShare * (bytes[at + 1] as number);
    let blue = firstShare * (bytes[at + 2] as number);
    if (last > offset) {
      // All pixels between the first and the last are covered whole and have the same share: integers are added.
      let redSum = 0;
      let greenSum = 0;
      let blueSum = 0;
      for (let index = offset + 1; index < last; index++) {
        at += step;
        redSum += bytes[at] as number;
        greenSum += bytes[at + 1] as number;
        blueSum += bytes[at + 2] as number;
      }
      at += step;
      const share = weights[offset + 1] as number;
      const lastShare = weights[last] as number;
      if (last === offset + 1) {
        red += lastShare * (bytes[at] as number);
        green += lastShare * (bytes[at + 1] as number);
        blue += lastShare * (bytes[at + 2] as number);
      } else {
        red += share * redSum + lastShare * (bytes[at] as number);
        green += share * greenSum + lastShare * (bytes[at + 1] as number);
        blue += share * blueSum + lastShare * (bytes[at + 2] as number);
      }
    }
    line[out] = red;
    line[out + 1] = green;
    line[out + 2] = blue;
    out += 3;
  }
}

/** `size` pixels of input of which `length` from `start` on become `count` pixels of output. */
function axisPlan(size: number, start: number, length: number, count: number): AxisPlan {
  const starts = new Int32Array(count);
  const offsets = new Int32Array(count + 1);
  const weights: number[] = [];
  const step = length / count;
  for (let index = 0; index < count; index++) {
    if (step > 1) {
      const from = start + index * step;
      const to = Math.min(size, from + step);
      const first = Math.floor(from);
      const last = Math.max(first + 1, Math.ceil(to - 1e-9));
      starts[index] = first;
      for (let pixel = first; pixel < last; pixel++) {
        weights.push((Math.min(to, pixel + 1) - Math.max(from, pixel)) / (to - from));
      }
    } else {
      const centre = start + (index + 0.5) * step - 0.5;
      const first = Math.floor(centre);
      const share = centre - first;
      starts[index] = clamp(first, 0, size - 1);
      if (first < 0 || first >= size - 1 || share === 0) weights.push(1);
      else weights.push(1 - share, share);
    }
    offsets[index + 1] = weights.length;
  }
  return { starts, offsets, weights: Float64Array.from(weights) };
}

/**
 * Turns a picture of three bytes a pixel as its EXIF orientation asks. `width` and `height` are those of `bytes`; for
 * orientations 5 to 8 the result is `height` wide and `width` high.
 */
export function turnImage(bytes: Uint8Array, width: number, height: number, orientation: number): Uint8Array {
  if (orientation === 1) return bytes;
  const isSideways = orientation >= 5;
  const result = new Uint8Array(bytes.length);
  const resultWidth = isSideways ? height : width;
  const resultHeight = isSideways ? width : height;
  for (let y = 0; y < resultHeight; y++) {
    for (let x = 0; x < resultWidth; x++) {
      const [fromX, fromY] = storedPlace(orientation, x, y, width, height);
      const from = (fromY * width + fromX) * 3;
      const to = (y * resultWidth + x) * 3;
      result[to] = bytes[from] as number;
      result[to + 1] = bytes[from + 1] as number;
      result[to + 2] = bytes[from + 2] as number;
    }
  }
  return result;
}

/** Where the pixel that is shown at (x, y) is stored. */
function storedPlace(
  orientation: number,
  x: number,
  y: number,
  width: number,
  height: number,
): readonly [number, number] {
  switch (orientation) {
    case 2:
      return [width - 1 - x, y];
    case 3:
      return [width - 1 - x, height - 1 - y];
    case 4:
      return [x, height - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [y, height - 1 - x];
    case 7:
      return [width - 1 - y, height - 1 - x];
    case 8:
      return [width - 1 - y, x];
    default:
      return [x, y];
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
