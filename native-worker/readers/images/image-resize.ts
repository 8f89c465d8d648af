import type { ImageScorer } from "../../../electron/contract/nouns/scorer.ts";
import { resampleModule } from "./image-resample-wasm.ts";

/** The size of a picture; its pixels are in the fitter's own memory. */
export type PictureSize = { readonly width: number; readonly height: number };

/** Fits pictures into the size that a model takes. One at a time: its memory is used again for the next. */
export type PictureFitter = {
  /** Room for the pixels of a picture of that size: four bytes each (red, green, blue, and one that is not looked at). */
  readonly pixels: (size: PictureSize) => Buffer;
  /**
   * Fits the picture that was put into `pixels` into `width × height` and returns three bytes a pixel, valid until the
   * next call. `stretch` fills both sides; `contain` keeps the proportions and leaves borders in the colour `pad`; `cover`
   * keeps them and cuts off what sticks out, the same on both sides. Each axis is averaged over the covered area where it shrinks
   * and interpolated linearly where it grows.
   */
  readonly fit: (
    size: PictureSize,
    width: number,
    height: number,
    how: Pick<ImageScorer, "resize" | "pad">,
  ) => Uint8Array;
};

type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

type Resample = (
  source: number,
  sourceWidth: number,
  across: number,
  width: number,
  down: number,
  height: number,
  scale: number,
  columns: number,
  target: number,
  targetStride: number,
) => void;

const pageBytes = 65536;
/** Memory that is kept for the next picture. */
const maxKeptBytes = 64 << 20;
/** What is read and written behind the end of pixels and columns, four at a time. */
const slack = 64;

export function createPictureFitter(): PictureFitter {
  let instance = instantiate();

  function instantiate(): { readonly memory: WebAssembly.Memory; readonly resample: Resample } {
    const { exports } = new WebAssembly.Instance(resampleModule());
    return { memory: exports["memory"] as WebAssembly.Memory, resample: exports["resample"] as Resample };
  }

  function growTo(bytes: number): void {
    const missing = bytes - instance.memory.buffer.byteLength;
    if (missing > 0) instance.memory.grow(Math.ceil(missing / pageBytes));
  }

  return {
    pixels({ width, height }) {
      const bytes = width * height * 4;
      // Memory only grows, so a huge picture's is thrown away with its instance.
      if (instance.memory.buffer.byteLength > maxKeptBytes && bytes <= maxKeptBytes) instance = instantiate();
      growTo(bytes + slack);
      return Buffer.from(instance.memory.buffer, 0, bytes);
    },
    fit(size, width, height, { resize, pad = black }) {
      const pixelsEnd = align(size.width * size.height * 4 + slack);
      const { from, to } = boxes(size, width, height, resize);
      const across = axisPlan(size.width, from.left, from.width, to.width);
      const down = axisPlan(size.height, from.top, from.height, to.height);
      const acrossAt = pixelsEnd;
      const downAt = acrossAt + across.bytes.byteLength;
      const columnsAt = align(downAt + down.bytes.byteLength);
      const targetAt = columnsAt + size.width * 16 + slack;
      const targetBytes = width * height * 3;
      growTo(targetAt + targetBytes + 1);
      const { memory, resample } = instance;
      const target = new Uint8Array(memory.buffer, targetAt, targetBytes);
      new Uint8Array(memory.buffer, acrossAt).set(across.bytes);
      new Uint8Array(memory.buffer, downAt).set(down.bytes);
      const out = targetAt + (to.top * width + to.left) * 3;
      const scale = across.scale * down.scale;
      resample(0, size.width, acrossAt, to.width, downAt, to.height, scale, columnsAt, out, width * 3);
      // Afterwards: it writes a byte behind the end of each row.
      if (resize === "contain") fillBorders(target, width, to, pad);
      return target;
    },
  };
}

const black = [0, 0, 0] as const;

/** Everything beside the picture in one colour. */
function fillBorders(
  target: Uint8Array,
  width: number,
  { left, top, width: inner, height }: Box,
  [red, green, blue]: readonly [number, number, number],
): void {
  const isGray = red === green && green === blue;
  const fill = (from: number, to: number): void => {
    if (isGray) target.fill(red, from * 3, to * 3);
    for (let at = from * 3; !isGray && at < to * 3; at += 3) {
      target[at] = red;
      target[at + 1] = green;
      target[at + 2] = blue;
    }
  };
  fill(0, top * width + left);
  for (let row = top; row < top + height - 1; row++) fill(row * width + left + inner, (row + 1) * width + left);
  fill((top + height - 1) * width + left + inner, target.length / 3);
}

/** Which part of the picture becomes which part (whole pixels) of the result. */
function boxes(
  size: PictureSize,
  width: number,
  height: number,
  resize: ImageScorer["resize"],
): { readonly from: Box; readonly to: Box } {
  const whole = { left: 0, top: 0, width: size.width, height: size.height };
  const filled = { left: 0, top: 0, width, height };
  if (resize === "stretch") return { from: whole, to: filled };
  const ratios = [width / size.width, height / size.height] as const;
  if (resize === "contain") {
    const ratio = Math.min(...ratios);
    const placed = {
      width: clamp(Math.round(size.width * ratio), 1, width),
      height: clamp(Math.round(size.height * ratio), 1, height),
    };
    const left = Math.floor((width - placed.width) / 2);
    const top = Math.floor((height - placed.height) / 2);
    return { from: whole, to: { left, top, ...placed } };
  }
  const ratio = Math.max(...ratios);
  const cut = { width: Math.min(size.width, width / ratio), height: Math.min(size.height, height / ratio) };
  const left = (size.width - cut.width) / 2;
  const top = (size.height - cut.height) / 2;
  return { from: { left, top, ...cut }, to: filled };
}

/**
 * How the output pixels of one axis are made of input pixels, as image-resample.wat takes it: four arrays one behind the
 * other. The sum of what an output pixel covers, times `scale`, is its average.
 */
type AxisPlan = { readonly bytes: Uint8Array; readonly scale: number };

/** `size` pixels of input of which `length` from `start` on become `count` pixels of output. */
function axisPlan(size: number, start: number, length: number, count: number): AxisPlan {
  const bytes = new Uint8Array(count * 16);
  const starts = new Int32Array(bytes.buffer, 0, count);
  const counts = new Int32Array(bytes.buffer, count * 4, count);
  const firsts = new Float32Array(bytes.buffer, count * 8, count);
  const lasts = new Float32Array(bytes.buffer, count * 12, count);
  const step = length / count;
  for (let index = 0; index < count; index++) {
    if (step > 1) {
      const from = start + index * step;
      const to = Math.min(size, from + step);
      const first = Math.floor(from);
      const end = Math.max(first + 1, Math.ceil(to - 1e-9));
      starts[index] = first;
      counts[index] = end - first;
      firsts[index] = Math.min(to, first + 1) - from;
      if (end - first > 1) lasts[index] = Math.min(to, end) - (end - 1);
    } else {
      const centre = start + (index + 0.5) * step - 0.5;
      const first = Math.floor(centre);
      const share = centre - first;
      const isAlone = first < 0 || first >= size - 1 || share === 0;
      starts[index] = clamp(first, 0, size - 1);
      counts[index] = isAlone ? 1 : 2;
      firsts[index] = isAlone ? 1 : 1 - share;
      lasts[index] = isAlone ? 0 : share;
    }
  }
  return { bytes, scale: step > 1 ? 1 / step : 1 };
}

/** Up to a place where sixteen bytes may be read at once. */
function align(at: number): number {
  return Math.ceil(at / 16) * 16;
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
