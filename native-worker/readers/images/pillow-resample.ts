import type { ImageScorer } from "../../../electron/contract/nouns/scorers/image-scorer.ts";

/** The filters of PIL that a scorer can name. */
export type PillowFilter = Exclude<NonNullable<ImageScorer["resample"]>, "area">;

/** `length` input pixels from `start` on become `count` output pixels; those from `first` on, `used` of them, are wanted. */
export type AxisRange = {
  readonly size: number;
  readonly start: number;
  readonly length: number;
  readonly count: number;
  readonly first: number;
  readonly used: number;
};

/** Where pixels go: three bytes each, the first at `offset`, rows `stride` bytes apart. */
export type PixelTarget = { readonly bytes: Uint8Array; readonly offset: number; readonly stride: number };

/**
 * Resizes as PIL's `Image.resize` does, to the bit: across, then down, each with weights of 22 bits behind the point and
 * rounded to whole levels in between. A filter is as wide as what it makes small, so nothing is left out. `source`: four
 * bytes a pixel, rows without gaps.
 */
export function resampleAsPillow(
  source: Uint8Array,
  across: AxisRange,
  down: AxisRange,
  filter: PillowFilter,
  target: PixelTarget,
): void {
  const columns = weightsOf(across, filter);
  const rows = weightsOf(down, filter);
  const top = rows.starts[0] as number;
  const bottom = (rows.starts[down.used - 1] as number) + (rows.counts[down.used - 1] as number);
  const narrow = resizeAcross(source.subarray(top * across.size * 4), across.size, columns, bottom - top);
  resizeDown(narrow, across.used * 3, rows, top, target);
}

/** For each output pixel the first input pixel that counts, how many do, and their weights, `most` places each. */
type Weights = {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly most: number;
};

const precision = 22;
const half = 1 << (precision - 1);

/** How far a filter reaches, in output pixels, and its weight there. */
const filters: Readonly<Record<PillowFilter, { readonly support: number; readonly weight: (x: number) => number }>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Keys's cubic with a = −0.5. */
function cubic(at: number): number {
  const x = Math.abs(at);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

function weightsOf({ size, start, length, count, first, used }: AxisRange, filter: PillowFilter): Weights {
  const scale = length / count;
  const widening = Math.max(1, scale);
  const support = filters[filter].support * widening;
  const most = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(used);
  const counts = new Int32Array(used);
  const weights = new Int32Array(used * most);
  const shares = new Float64Array(most);
  for (let index = 0; index < used; index++) {
    const centre = start + (first + index + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(size, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let place = 0; place < end - from; place++) {
      const share = filters[filter].weight((from + place - centre + 0.5) / widening);
      shares[place] = share;
      sum += share;
    }
    for (let place = 0; place < end - from; place++) {
      const share = ((shares[place] as number) / (sum === 0 ? 1 : sum)) * (1 << precision);
      weights[index * most + place] = Math.trunc(share + (share < 0 ? -0.5 : 0.5));
    }
    starts[index] = from;
    counts[index] = end - from;
  }
  return { starts, counts, weights, most };
}

/** Three bytes a pixel, rows without gaps. */
function resizeAcross(source: Uint8Array, width: number, columns: Weights, rows: number): Uint8Array {
  const { starts, counts, weights, most } = columns;
  const result = new Uint8ClampedArray(rows * starts.length * 3);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < starts.length; column++, to += 3) {
      let from = (row * width + (starts[column] as number)) * 4;
      let [red, green, blue] = [half, half, half];
      const end = column * most + (counts[column] as number);
      for (let place = column * most; place < end; place++, from += 4) {
        const weight = weights[place] as number;
        red += (source[from] as number) * weight;
        green += (source[from + 1] as number) * weight;
        blue += (source[from + 2] as number) * weight;
      }
      result[to] = red >> precision;
      result[to + 1] = green >> precision;
      result[to + 2] = blue >> precision;
    }
  }
  return new Uint8Array(result.buffer);
}

function resizeDown(source: Uint8Array, rowBytes: number, rows: Weights, top: number, target: PixelTarget): void {
  const sums = new Int32Array(rowBytes);
  for (let row = 0; row < rows.starts.length; row++) {
    sums.fill(half);
    for (let place = 0; place < (rows.counts[row] as number); place++) {
      const weight = rows.weights[row * rows.most + place] as number;
      const from = ((rows.starts[row] as number) + place - top) * rowBytes;
      for (let at = 0; at < rowBytes; at++) sums[at] = (sums[at] as number) + (source[from + at] as number) * weight;
    }
    const to = target.offset + row * target.stride;
    for (let at = 0; at < rowBytes; at++) {
      target.bytes[to + at] = Math.min(255, Math.max(0, (sums[at] as number) >> precision));
    }
  }
}
