import { readSync } from "node:fs";
import { Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { damagedArray, type StoredArray } from "../../../electron/contract/tensors/array-file.ts";
import { type ArrayFault, elementBytes, valuesIn } from "../../../electron/contract/tensors/npy-header.ts";
import type { FileView, ZipEntry } from "../../../electron/contract/tensors/zip-directory.ts";
import { changed } from "../source-file.ts";
import { type ArrayValues, arrayValues } from "./array-values.ts";
import { valueBytes } from "./unpack-array.ts";

/** Entries of an array's first axis, one after another. */
export type RowStream = {
  /** The values of the next `rows` entries. */
  readonly next: (rows: number) => Promise<ArrayValues | ArrayFault>;
  /** After the last entry: what is wrong with the array as a whole, null when nothing is. */
  readonly end: () => Promise<ArrayFault | null>;
  readonly close: () => void;
};

/** A file that is read where its bytes lie. */
export function openedFile(file: number, sizeBytes: number): FileView {
  return {
    sizeBytes,
    readAt(position, length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, sizeBytes - position)));
      let filled = 0;
      while (filled < bytes.length) {
        const read = readSync(file, bytes, filled, bytes.length - filled, position + filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    },
  };
}

/** The entries from `firstRow` (from 0) on. What is deflated is unpacked as it is read; what has to be turned is held whole. */
export function openRows(file: FileView, array: StoredArray, firstRow: number): RowStream | ArrayFault {
  const { header, entry } = array;
  const width = valuesIn(header.shape.slice(1));
  if (header.isFortran && header.shape.length > 1) return turnedRows(file, array, firstRow, width);
  const rowBytes = width * elementBytes[header.type];
  const bytes = entry?.isDeflated === true ? inflatedBytes(file, entry) : storedBytes(file, entry?.start ?? 0);
  const start = header.dataStart + firstRow * rowBytes;
  let isBegun = false;
  return {
    async next(rows) {
      const from = isBegun ? 0 : start;
      isBegun = true;
      const raw = await bytes.take(from, rows * rowBytes);
      return "code" in raw ? raw : arrayValues(raw, header);
    },
    end: () => bytes.end(),
    close: bytes.close,
  };
}

function turnedRows(file: FileView, array: StoredArray, firstRow: number, width: number): RowStream | ArrayFault {
  const raw = valueBytes(file, array);
  if ("code" in raw) return raw;
  const values = arrayValues(raw, array.header);
  let at = firstRow;
  return {
    async next(rows) {
      at += rows;
      return values.slice((at - rows) * width, at * width);
    },
    end: () => Promise.resolve(null),
    close: () => undefined,
  };
}

type Bytes = {
  /** Passes over `skip` bytes and gives the `length` behind them. */
  readonly take: (skip: number, length: number) => Promise<Uint8Array | ArrayFault>;
  readonly end: () => Promise<ArrayFault | null>;
  readonly close: () => void;
};

const shorter: ArrayFault = { code: "input-changed", message: changed.message };

function storedBytes(file: FileView, start: number): Bytes {
  let at = start;
  return {
    async take(skip, length) {
      at += skip + length;
      const bytes = file.readAt(at - length, length);
      return bytes.length === length ? bytes : shorter;
    },
    end: () => Promise.resolve(null),
    close: () => undefined,
  };
}

const chunkBytes = 256 * 1024;

/** Compares the checksum once everything has been taken. */
function inflatedBytes(file: FileView, { start, packedBytes, sizeBytes, checksum }: ZipEntry): Bytes {
  function* packed(): Generator<Uint8Array> {
    for (let at = 0; at < packedBytes; at += chunkBytes)
      yield file.readAt(start + at, Math.min(chunkBytes, packedBytes - at));
  }
  const source = Readable.from(packed(), { highWaterMark: 4 });
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  source.once("error", (error) => inflate.destroy(error));
  const chunks = source.pipe(inflate)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  let taken = 0;
  let sum = 0;

  /** The next bytes, `most` of them at most; null: there are none, or they are damaged. */
  async function piece(most: number): Promise<Uint8Array | null> {
    if (rest.length === 0) {
      try {
        const step = (await chunks.next()) as IteratorResult<Buffer>;
        if (step.done === true) return null;
        rest = step.value;
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (!code.startsWith("Z_")) throw error;
        return null;
      }
    }
    const bytes = rest.subarray(0, most);
    rest = rest.subarray(bytes.length);
    sum = crc32(bytes, sum);
    taken += bytes.length;
    return bytes;
  }

  return {
    async take(skip, length) {
      for (let left = skip; left > 0; ) {
        const bytes = await piece(left);
        if (bytes === null) return damagedArray;
        left -= bytes.length;
      }
      const target = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        const bytes = await piece(length - filled);
        if (bytes === null) return damagedArray;
        target.set(bytes, filled);
        filled += bytes.length;
      }
      return target;
    },
    async end() {
      if (taken < sizeBytes) return null;
      const isWhole = (await piece(1)) === null && sum === checksum;
      return isWhole ? null : damagedArray;
    },
    close() {
      source.destroy();
      inflate.destroy();
    },
  };
}
