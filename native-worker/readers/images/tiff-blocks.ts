import { inflateSync } from "node:zlib";

/** The shape of a strip or tile: `samples` values a pixel of `bits` bits. */
export type TiffBlock = {
  readonly width: number;
  readonly rows: number;
  /** Rows that it may have at most: a writer may fill the last strip up. */
  readonly maxRows: number;
  readonly samples: number;
  readonly bits: number;
};

/**
 * Unpacks a strip or tile to bytes, one a sample (two of 16 bits, in the file's order). Null when there is less than the
 * block needs; more than `maxRows` is not unpacked.
 */
export function unpackTiffBlock(
  packed: Buffer,
  compression: number,
  hasDifferences: boolean,
  isLittle: boolean,
  block: TiffBlock,
): Buffer | null {
  const rowBytes = Math.ceil((block.width * block.samples * block.bits) / 8);
  const unpacked = unpack(packed, compression, rowBytes * block.maxRows);
  if (unpacked === null || unpacked.length < rowBytes * block.rows) return null;
  const rows = block.bits < 8 ? spread(unpacked, rowBytes, block) : unpacked;
  if (hasDifferences) addUp(rows, block, isLittle);
  return rows;
}

function unpack(packed: Buffer, compression: number, length: number): Buffer | null {
  switch (compression) {
    case 1:
      // A copy: what follows may work in place.
      return Buffer.from(packed.subarray(0, length));
    case 5:
      return unpackLzw(packed, length);
    case 32773:
      return unpackPackBits(packed, length);
    default:
      try {
        return inflateSync(packed, { maxOutputLength: length });
      } catch {
        return null;
      }
  }
}

function unpackPackBits(packed: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  let to = 0;
  for (let at = 0; at < packed.length && to < length; ) {
    const control = packed.readInt8(at);
    if (control >= 0) {
      to += packed.copy(result, to, at + 1, Math.min(packed.length, at + 2 + control));
      at += 2 + control;
    } else {
      if (control > -128 && at + 1 < packed.length) {
        result.fill(packed[at + 1] as number, to, Math.min(length, to + 1 - control));
        to += 1 - control;
      }
      at += 2;
    }
  }
  return result.subarray(0, Math.min(to, length));
}

const [clearCode, endCode, codes] = [256, 257, 4096];

/** TIFF's LZW: bits from the highest, and a wider code one step early. */
function unpackLzw(packed: Buffer, length: number): Buffer | null {
  const result = Buffer.alloc(length);
  // A code stands for bytes that have been written before: where, and how many.
  const starts = new Int32Array(codes);
  const lengths = new Int32Array(codes);
  let [next, width, previous, to] = [258, 9, -1, 0];
  let [pending, pendingBits] = [0, 0];
  for (let at = 0; to < length; ) {
    while (pendingBits < width && at < packed.length) {
      pending = ((pending << 8) | (packed[at++] as number)) & 0xffffff;
      pendingBits += 8;
    }
    if (pendingBits < width) break;
    pendingBits -= width;
    const code = (pending >> pendingBits) & ((1 << width) - 1);
    if (code === endCode) break;
    if (code === clearCode) {
      [next, width, previous] = [258, 9, -1];
      continue;
    }
    const start = to;
    if (code < 256) result[to++] = code;
    else {
      // The code that is being made now: the last bytes and their first again, which lie where it begins.
      const isNew = code === next && previous >= 0;
      if (code >= next && !isNew) return null;
      const from = isNew ? (starts[next] as number) : (starts[code] as number);
      const count = isNew ? (lengths[next] as number) : (lengths[code] as number);
      for (let copied = 0; copied < count && to < length; copied++) result[to++] = result[from + copied] as number;
    }
    if (previous >= 0 && next < codes) next += 1;
    previous = code;
    // The next code: these bytes and the first of those that follow.
    if (next < codes) {
      starts[next] = start;
      lengths[next] = to - start + 1;
    }
    width = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
  }
  return result.subarray(0, to);
}

/** Samples of fewer than eight bits, a byte each; rows begin on a byte. */
function spread(packed: Buffer, rowBytes: number, { width, rows, samples, bits }: TiffBlock): Buffer {
  const result = Buffer.alloc(width * samples * rows);
  const mask = 2 ** bits - 1;
  for (let row = 0, to = 0; row < rows; row++) {
    for (let bit = 0; bit < width * samples * bits; bit += bits, to++) {
      result[to] = ((packed[row * rowBytes + (bit >> 3)] as number) >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return result;
}

/** Undoes the predictor: each sample is the difference from the one before it in its row. */
function addUp(rows: Buffer, { width, samples, bits, rows: count }: TiffBlock, isLittle: boolean): void {
  const bytes = bits === 16 ? 2 : 1;
  const rowBytes = width * samples * bytes;
  for (let row = 0; row < count; row++) {
    for (let at = row * rowBytes + samples * bytes; at < (row + 1) * rowBytes; at += bytes) {
      const before = at - samples * bytes;
      if (bytes === 1) rows[at] = (rows[at] as number) + (rows[before] as number);
      else if (isLittle) rows.writeUInt16LE((rows.readUInt16LE(at) + rows.readUInt16LE(before)) & 0xffff, at);
      else rows.writeUInt16BE((rows.readUInt16BE(at) + rows.readUInt16BE(before)) & 0xffff, at);
    }
  }
}
