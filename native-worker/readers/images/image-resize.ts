import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";
import { resampleModule } from "./image-resample-wasm.ts";
import { type AxisRange, resampleAsPillow } from "./pillow-resample.ts";

/** The size of a picture; its pixels are in the fitter's own memory. */
export type PictureSize = { readonly width: number; readonly height: number };

/** How a picture is made to fit. */
export type FitRules = Pick<ImageScorer, "resize" | "pad" | "resample" | "resizeShorter">;

/** Fits pictures into the size that a model takes. One at a time: its memory is used again for the next. */
export type PictureFitter = {
  /** Room for the pixels of a picture of that size: four bytes each (red, green, blue, and one that is not looked at). */
  readonly pixels: (size: PictureSize) => Buffer;
  /**
   * Fits the picture that was put into `pixels` into `width × height` and returns three bytes a pixel, valid until the
   * next call. `stretch` fills both sides; `contain` keeps the proportions and leaves borders in the colour `pad`; `cover`
   * keeps them and cuts off what sticks out, the same on both sides. `resizeShorter` brings the shorter side to that length
   * and cuts out the middle. By `area` each axis is averaged over the covered area where it shrinks and interpolated
   * linearly where it grows; the other filters are PIL's.
   */
  readonly fit: (size: PictureSize, width: number, height: number, how: FitRules) => Uint8Array;
};

/** Left, top, width and height in pixels, which need not be whole. */
export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

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
    fit(size, width, height, rules) {
      const { resize, pad = black, resample: filter = "area" } = rules;
      const pixelsEnd = align(size.width * size.height * 4 + slack);
      const { from, to, of } = boxes(size, width, height, rules);
      const columns = {
        ...{ size: size.width, start: from.left, length: from.width },
        ...{ count: of.width, first: of.left, used: to.width },
      };
      const rows = {
        ...{ size: size.height, start: from.top, length: from.height },
        ...{ count: of.height, first: of.top, used: to.height },
      };
      if (filter !== "area") {
        const source = new Uint8Array(instance.memory.buffer, 0, size.width * size.height * 4);
        const bytes = new Uint8Array(width * height * 3);
        const offset = (to.top * width + to.left) * 3;
        resampleAsPillow(source, columns, rows, filter, { bytes, offset, stride: width * 3 });
        if (resize === "contain") fillBorders(bytes, width, to, pad);
        return bytes;
      }
      const across = axisPlan(columns);
      const down = axisPlan(rows);
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

/**
 * Which part of the picture becomes which part (whole pixels) of the result. `of`: how many pixels `from` becomes, and from
 * where on among them `to` is taken.
 */
export function boxes(
  size: PictureSize,
  width: number,
  height: number,
  { resize, resizeShorter }: FitRules,
): { readonly from: Box; readonly to: Box; readonly of: Box } {
  const whole = { left: 0, top: 0, width: size.width, height: size.height };
  const filled = { left: 0, top: 0, width, height };
  if (resizeShorter !== undefined) return { from: whole, to: filled, of: middleOf(size, resizeShorter, filled) };
  if (resize === "stretch") return { from: whole, to: filled, of: filled };
  const ratios = [width / size.width, height / size.height] as const;
  if (resize === "contain") {
    const ratio = Math.min(...ratios);
    const placed = {
      width: clamp(Math.round(size.width * ratio), 1, width),
      height: clamp(Math.round(size.height * ratio), 1, height),
    };
    const left = Math.floor((width - placed.width) / 2);
    const top = Math.floor((height - placed.height) / 2);
    return { from: whole, to: { left, top, ...placed }, of: { left: 0, top: 0, ...placed } };
  }
  const ratio = Math.max(...ratios);
  const cut = { width: Math.min(size.width, width / ratio), height: Math.min(size.height, height / ratio) };
  const left = (size.width - cut.width) / 2;
  const top = (size.height - cut.height) / 2;
  return { from: { left, top, ...cut }, to: filled, of: filled };
}

/** As torchvision's `Resize` and `CenterCrop` count: the longer side is rounded down, the middle to the nearest even. */
function middleOf(size: PictureSize, shorter: number, { width, height }: PictureSize): Box {
  const isUpright = size.width <= size.height;
  const longer = Math.trunc((shorter * Math.max(size.width, size.height)) / Math.min(size.width, size.height));
  const resized = isUpright ? { width: shorter, height: longer } : { width: longer, height: shorter };
  return {
    ...resized,
    left: halfToEven(resized.width - width),
    top: halfToEven(resized.height - height),
  };
}

function halfToEven(length: number): number {
  const half = Math.floor(length / 2);
  return length % 2 === 0 || half % 2 === 0 ? half : half + 1;
}

/**
 * How the output pixels of one axis are made of input pixels, as image-resample.wat takes it: four arrays one behind the
 * other. The sum of what an output pixel covers, times `scale`, is its average.
 */
type AxisPlan = { readonly bytes: Uint8Array; readonly scale: number };

function axisPlan({ size, start, length, count, first: skipped, used }: AxisRange): AxisPlan {
  const bytes = new Uint8Array(used * 16);
  const starts = new Int32Array(bytes.buffer, 0, used);
  const counts = new Int32Array(bytes.buffer, used * 4, used);
  const firsts = new Float32Array(bytes.buffer, used * 8, used);
  const lasts = new Float32Array(bytes.buffer, used * 12, used);
  const step = length / count;
  for (let index = 0; index < used; index++) {
    if (step > 1) {
      const from = start + (skipped + index) * step;
      const to = Math.min(size, from + step);
      const first = Math.floor(from);
      const end = Math.max(first + 1, Math.ceil(to - 1e-9));
      starts[index] = first;
      counts[index] = end - first;
      firsts[index] = Math.min(to, first + 1) - from;
      if (end - first > 1) lasts[index] = Math.min(to, end) - (end - 1);
    } else {
      const centre = start + (skipped + index + 0.5) * step - 0.5;
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

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
