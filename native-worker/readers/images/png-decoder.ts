import { inflateSync } from "node:zlib";
import type { Samples } from "./pixels.ts";

/**
 * Decodes a PNG whose pixels have an opacity of their own (colour types 4 and 6, of 8 or 16 bits). Canvas cannot give the
 * colours of pixels that are not seen: it multiplies them by their opacity. Null when the data is damaged, or is not as
 * much as the header says; no more than that is ever unpacked.
 */
export function decodePngWithAlpha(bytes: Buffer): Samples | null {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [bits, colourType, interlace] = [bytes[24], bytes[25], bytes[28]];
  if ((bits !== 8 && bits !== 16) || (colourType !== 4 && colourType !== 6)) return null;
  const channels = colourType === 4 ? 2 : 4;
  const pixelBytes = (channels * bits) / 8;
  const passes = interlace === 1 ? adam7 : [whole];
  const parts = passes.map((pass) => ({
    ...pass,
    columns: Math.ceil((width - pass.left) / pass.across),
    rows: Math.ceil((height - pass.top) / pass.down),
  }));
  const drawn = parts.filter(({ columns, rows }) => columns > 0 && rows > 0);
  const length = drawn.reduce((sum, { columns, rows }) => sum + (1 + columns * pixelBytes) * rows, 0);
  const filtered = inflated(imageData(bytes), length);
  if (filtered === null) return null;

  const data = Buffer.alloc(width * height * pixelBytes);
  let from = 0;
  for (const { left, top, across, down, columns, rows } of drawn) {
    const rowBytes = columns * pixelBytes;
    let above: Buffer = Buffer.alloc(rowBytes);
    for (let row = 0; row < rows; row++, from += 1 + rowBytes) {
      const line = filtered.subarray(from + 1, from + 1 + rowBytes);
      if (!unfilter(filtered[from] as number, line, above, pixelBytes)) return null;
      above = line;
      const to = ((top + row * down) * width + left) * pixelBytes;
      if (across === 1) {
        line.copy(data, to);
        continue;
      }
      for (let column = 0; column < columns; column++) {
        line.copy(data, to + column * across * pixelBytes, column * pixelBytes, (column + 1) * pixelBytes);
      }
    }
  }
  return { data, channels, bytes: bits === 8 ? 1 : 2, highByte: 0 };
}

const whole = { left: 0, top: 0, across: 1, down: 1 };

/** The seven passes of an interlaced picture: where each begins, and how far apart its pixels are. */
const adam7 = [
  { left: 0, top: 0, across: 8, down: 8 },
  { left: 4, top: 0, across: 8, down: 8 },
  { left: 0, top: 4, across: 4, down: 8 },
  { left: 2, top: 0, across: 4, down: 4 },
  { left: 0, top: 2, across: 2, down: 4 },
  { left: 1, top: 0, across: 2, down: 2 },
  { left: 0, top: 1, across: 1, down: 2 },
];

function imageData(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT") {
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
    }
  }
  return Buffer.concat(parts);
}

/** Null unless it is exactly `length` bytes. */
function inflated(data: Buffer, length: number): Buffer | null {
  try {
    const result = inflateSync(data, { maxOutputLength: length });
    return result.length === length ? result : null;
  } catch {
    return null;
  }
}

/** Takes the filter off one row, in place; false for a filter that PNG does not have. */
function unfilter(filter: number, line: Buffer, above: Buffer, step: number): boolean {
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let at = step; at < line.length; at++) line[at] = (line[at] as number) + (line[at - step] as number);
      return true;
    case 2:
      for (let at = 0; at < line.length; at++) line[at] = (line[at] as number) + (above[at] as number);
      return true;
    case 3:
      for (let at = 0; at < line.length; at++) {
        const left = at < step ? 0 : (line[at - step] as number);
        line[at] = (line[at] as number) + ((left + (above[at] as number)) >> 1);
      }
      return true;
    case 4:
      for (let at = 0; at < line.length; at++) {
        const left = at < step ? 0 : (line[at - step] as number);
        const corner = at < step ? 0 : (above[at - step] as number);
        line[at] = (line[at] as number) + paeth(left, above[at] as number, corner);
      }
      return true;
    default:
      return false;
  }
}

/** Of the three neighbours the one that is nearest to left + above − corner. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
