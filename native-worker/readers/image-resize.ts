import type { ImageScorer } from "../../electron/contract/scorer.ts";

/** Pixels of three bytes (red, green, blue), or of four when they come from a canvas. Rows without gaps. */
export type Pixels = {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly bytesPerPixel: 3 | 4;
};

/**
 * How one output pixel of an axis is made of input pixels: `counts[i]` of them from `starts[i]` on. The first has the
 * share `first[i]`, the last has `last[i]` (0 when it is the first too), and each one between them has `inner[i]`.
 */
type AxisPlan = {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly first: Float64Array;
  readonly inner: Float64Array;
  readonly last: Float64Array;
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
  const pixels = pixelWords(source);
  const rowBytes = source.width * source.bytesPerPixel;
  const reduce = (row: number, line: Float64Array, isAdded: boolean): void =>
    reduceRow(pixels, row * rowBytes, source.bytesPerPixel, across, line, isAdded);
  const newLine = (): Float64Array => new Float64Array(to.width * 3);
  // Neighbouring output rows share an input row at their border, and more where the picture grows: no row is reduced
  // twice while it stands in one of these.
  let first = newLine();
  let firstRow = -1;
  let last = newLine();
  let lastRow = -1;
  const inner = newLine();

  for (let y = 0; y < to.height; y++) {
    const top = down.starts[y] as number;
    const bottom = top + (down.counts[y] as number) - 1;
    if (lastRow === top) {
      [first, last] = [last, first];
      [firstRow, lastRow] = [lastRow, firstRow];
    }
    if (firstRow !== top) reduce(top, first, false);
    firstRow = top;
    if (bottom > top && lastRow !== bottom) {
      reduce(bottom, last, false);
      lastRow = bottom;
    }
    for (let row = top + 1; row < bottom; row++) reduce(row, inner, row > top + 1);
    const out = ((to.top + y) * targetWidth + to.left) * 3;
    const innerShare = bottom > top + 1 ? (down.inner[y] as number) : 0;
    mixLines(first, inner, last, down.first[y] as number, innerShare, down.last[y] as number, target, out);
  }
}

/** A view of the pixels from which four bytes can be read at every one of them, the last one too. */
function pixelWords({ bytes, width, height, bytesPerPixel }: Pixels): DataView {
  const needed = width * height * bytesPerPixel + 4 - bytesPerPixel;
  if (bytes.byteOffset + needed <= bytes.buffer.byteLength) return new DataView(bytes.buffer, bytes.byteOffset, needed);
  const copy = new Uint8Array(needed);
  copy.set(bytes);
  return new DataView(copy.buffer);
}

/**
 * One row of the source, made as wide as the output; put into `line` or added to what is there. Nearly all time of
 * resizing is spent here: a pixel is read at once, as the lower three bytes of a word, and pixels that are covered
 * whole are added as integers.
 */
function reduceRow(
  pixels: DataView,
  rowStart: number,
  bytesPerPixel: number,
  plan: AxisPlan,
  line: Float64Array,
  isAdded: boolean,
): void {
  const { starts, counts, first, inner, last } = plan;
  for (let x = 0, out = 0; x < starts.length; x++, out += 3) {
    let at = rowStart + (starts[x] as number) * bytesPerPixel;
    let word = pixels.getInt32(at, true);
    const firstShare = first[x] as number;
    let red = firstShare * (word & 0xff);
    let green = firstShare * ((word >> 8) & 0xff);
    let blue = firstShare * ((word >> 16) & 0xff);
    const count = counts[x] as number;
    if (count > 1) {
      let redSum = 0;
      let greenSum = 0;
      let blueSum = 0;
      for (const end = at + (count - 2) * bytesPerPixel; at < end; ) {
        at += bytesPerPixel;
        word = pixels.getInt32(at, true);
        redSum = (redSum + (word & 0xff)) | 0;
        greenSum = (greenSum + ((word >> 8) & 0xff)) | 0;
        blueSum = (blueSum + ((word >> 16) & 0xff)) | 0;
      }
      word = pixels.getInt32(at + bytesPerPixel, true);
      const innerShare = inner[x] as number;
      const lastShare = last[x] as number;
      red += innerShare * redSum + lastShare * (word & 0xff);
      green += innerShare * greenSum + lastShare * ((word >> 8) & 0xff);
      blue += innerShare * blueSum + lastShare * ((word >> 16) & 0xff);
    }
    if (isAdded) {
      red += line[out] as number;
      green += line[out + 1] as number;
      blue += line[out + 2] as number;
    }
    line[out] = red;
    line[out + 1] = green;
    line[out + 2] = blue;
  }
}

/** One row of the output from the reduced rows that it covers, rounded. */
function mixLines(
  first: Float64Array,
  inner: Float64Array,
  last: Float64Array,
  firstShare: number,
  innerShare: number,
  lastShare: number,
  target: Uint8Array,
  out: number,
): void {
  for (let at = 0; at < first.length; at++) {
    const value =
      firstShare * (first[at] as number) + innerShare * (inner[at] as number) + lastShare * (last[at] as number);
    target[out + at] = (value + 0.5) | 0;
  }
}

/** `size` pixels of input of which `length` from `start` on become `count` pixels of output. */
function axisPlan(size: number, start: number, length: number, count: number): AxisPlan {
  const plan = {
    starts: new Int32Array(count),
    counts: new Int32Array(count),
    first: new Float64Array(count),
    inner: new Float64Array(count),
    last: new Float64Array(count),
  };
  const step = length / count;
  for (let index = 0; index < count; index++) {
    if (step > 1) {
      const from = start + index * step;
      const to = Math.min(size, from + step);
      const first = Math.floor(from);
      const end = Math.max(first + 1, Math.ceil(to - 1e-9));
      plan.starts[index] = first;
      plan.counts[index] = end - first;
      plan.first[index] = (Math.min(to, first + 1) - from) / (to - from);
      plan.inner[index] = 1 / (to - from);
      if (end - first > 1) plan.last[index] = (Math.min(to, end) - (end - 1)) / (to - from);
    } else {
      const centre = start + (index + 0.5) * step - 0.5;
      const first = Math.floor(centre);
      const share = centre - first;
      const isAlone = first < 0 || first >= size - 1 || share === 0;
      plan.starts[index] = clamp(first, 0, size - 1);
      plan.counts[index] = isAlone ? 1 : 2;
      plan.first[index] = isAlone ? 1 : 1 - share;
      plan.last[index] = isAlone ? 0 : share;
    }
  }
  return plan;
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
