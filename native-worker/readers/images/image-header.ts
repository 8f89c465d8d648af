import { pictureFormat, type PictureFormat } from "../../../electron/contract/picture-format.ts";
import { avifSize } from "./avif-boxes.ts";
import { firstDirectory, orientationOf } from "./tiff-directory.ts";

/** What a picture's own first bytes say, read before anything is decoded: the file may be hostile or a bomb. */
export type ImageHeader = {
  readonly format: PictureFormat;
  /** Pixels as stored, before any turning. */
  readonly width: number;
  readonly height: number;
  /** JPEG: 1 gray, 3 colour, 4 CMYK. Other formats: 0. */
  readonly components: number;
  /** EXIF orientation, 1 to 8; 1 when there is none. Not read for WebP and AVIF: their decoder turns. */
  readonly orientation: number;
  /** The file has its own end (nothing was cut off), and its checksums, where it has some, are right. */
  readonly isComplete: boolean;
  /** Every pixel of an intact picture is opaque. */
  readonly isOpaque: boolean;
  /** Every pixel of a PNG has its own opacity. */
  readonly hasAlphaChannel: boolean;
};

/** `null`: not a picture of any known format. `damaged`: its format is known, its header makes no sense. */
export type HeaderResult = ImageHeader | { readonly format: PictureFormat; readonly damaged: true } | null;

/** Reads the header of a picture by its content; its name does not matter. */
export function readImageHeader(bytes: Buffer): HeaderResult {
  const format = pictureFormat(bytes);
  if (format === null) return null;
  const header = headerReaders[format](bytes);
  return header !== null && header.width > 0 && header.height > 0 ? header : { format, damaged: true };
}

const headerReaders: Readonly<Record<PictureFormat, (bytes: Buffer) => ImageHeader | null>> = {
  jpeg: readJpegHeader,
  png: readPngHeader,
  webp: readWebpHeader,
  bmp: readBmpHeader,
  gif: readGifHeader,
  tiff: readTiffHeader,
  avif: readAvifHeader,
};

const plain = { components: 0, orientation: 1, isOpaque: false, hasAlphaChannel: false } as const;

/** Walks the markers from start to end: segments by their lengths, scans by looking for the next marker. */
function readJpegHeader(bytes: Buffer): ImageHeader | null {
  let size: { width: number; height: number; components: number } | null = null;
  let orientation = 1;
  let isComplete = false;
  let at = 2;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at = bytes.indexOf(0xff, at);
      if (at < 0) break;
      continue;
    }
    const marker = bytes[at + 1] as number;
    if (marker === 0xd9) {
      isComplete = true;
      break;
    }
    // Fill bytes, stuffed bytes, restart markers and the like stand alone.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) break;
    const length = bytes.readUInt16BE(at + 2);
    const body = at + 4;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame && size === null && body + 6 <= bytes.length) {
      size = {
        height: bytes.readUInt16BE(body + 1),
        width: bytes.readUInt16BE(body + 3),
        components: bytes[body + 5] as number,
      };
    }
    if (marker === 0xe1 && bytes.toString("latin1", body, body + 6) === "Exif\0\0") {
      orientation = orientationOf(bytes.subarray(body + 6, at + 2 + length));
    }
    at += 2 + Math.max(2, length);
  }
  return size === null ? null : { format: "jpeg", ...plain, ...size, orientation, isComplete, isOpaque: true };
}

function readPngHeader(bytes: Buffer): ImageHeader | null {
  if (bytes.length < 33 || bytes.toString("latin1", 12, 16) !== "IHDR") return null;
  // Colour types 4 and 6 carry opacity, the others do when there is a tRNS chunk.
  const hasAlphaChannel = ((bytes[25] as number) & 4) !== 0;
  let isOpaque = !hasAlphaChannel;
  let isComplete = false;
  let orientation = 1;
  for (let at = 8; at + 12 <= bytes.length && !isComplete; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length || bytes.readUInt32BE(end) !== pngChecksum(bytes, at + 4, end)) break;
    const chunk = bytes.toString("latin1", at + 4, at + 8);
    if (chunk === "tRNS") isOpaque = false;
    if (chunk === "eXIf") orientation = orientationOf(bytes.subarray(at + 8, end));
    if (chunk === "IEND") isComplete = true;
    at = end + 4;
  }
  const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  return { format: "png", ...size, ...plain, orientation, isOpaque, hasAlphaChannel, isComplete };
}

const checksumTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as PNG uses it: the decoder leaves a damaged part blank without a word, this notices. */
function pngChecksum(bytes: Buffer, from: number, to: number): number {
  let value = -1;
  for (let at = from; at < to; at++) {
    value = (checksumTable[(value ^ (bytes[at] as number)) & 0xff] as number) ^ (value >>> 8);
  }
  return ~value >>> 0;
}

function readWebpHeader(bytes: Buffer): ImageHeader | null {
  if (bytes.length < 30) return null;
  const isComplete = bytes.readUInt32LE(4) + 8 <= bytes.length;
  const chunk = bytes.toString("latin1", 12, 16);
  if (chunk === "VP8X") {
    return {
      format: "webp",
      width: bytes.readUIntLE(24, 3) + 1,
      height: bytes.readUIntLE(27, 3) + 1,
      ...plain,
      isComplete,
    };
  }
  if (chunk === "VP8L") {
    const bits = bytes.readUInt32LE(21);
    return { format: "webp", width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, ...plain, isComplete };
  }
  if (chunk !== "VP8 ") return null;
  const width = bytes.readUInt16LE(26) & 0x3fff;
  return { format: "webp", width, height: bytes.readUInt16LE(28) & 0x3fff, ...plain, isComplete };
}

function readBmpHeader(bytes: Buffer): ImageHeader | null {
  const pixelsAt = bytes.readUInt32LE(10);
  if (bytes.readUInt32LE(14) === 12) {
    const [width, height, bits] = [bytes.readUInt16LE(18), bytes.readUInt16LE(20), bytes.readUInt16LE(24)];
    const isComplete = pixelsAt + rowBytes(width, bits) * height <= bytes.length;
    return { format: "bmp", width, height, ...plain, isComplete };
  }
  if (bytes.length < 34) return null;
  const width = bytes.readInt32LE(18);
  // A negative height means that the rows run from top to bottom.
  const height = Math.abs(bytes.readInt32LE(22));
  const isCompressed = [1, 2, 4, 5].includes(bytes.readUInt32LE(30));
  const needed = isCompressed ? bytes.readUInt32LE(34) : rowBytes(width, bytes.readUInt16LE(28)) * height;
  return { format: "bmp", width, height, ...plain, isComplete: pixelsAt + needed <= bytes.length };
}

/** Rows of a BMP end on a multiple of four bytes. */
function rowBytes(width: number, bitsPerPixel: number): number {
  return Math.ceil((width * bitsPerPixel) / 32) * 4;
}

function readGifHeader(bytes: Buffer): ImageHeader | null {
  if (bytes.length < 13) return null;
  return {
    format: "gif",
    width: bytes.readUInt16LE(6),
    height: bytes.readUInt16LE(8),
    ...plain,
    isComplete: hasWholeGifFrame(bytes),
  };
}

/** Whether the first frame, the one that is scored, is there up to the empty block that ends its data. */
function hasWholeGifFrame(bytes: Buffer): boolean {
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  /** The place after a chain of blocks, each with its length in front, the last one empty; -1 when it is cut off. */
  const afterBlocks = (from: number): number => {
    let at = from;
    while (at < bytes.length) {
      const length = bytes[at] as number;
      at += 1 + length;
      if (length === 0) return at;
    }
    return -1;
  };
  let at = 13 + tableBytes(bytes[10] as number);
  while (at >= 0 && at < bytes.length) {
    if (bytes[at] === 0x21) at = afterBlocks(at + 2);
    else if (bytes[at] === 0x2c && at + 10 < bytes.length) {
      return afterBlocks(at + 11 + tableBytes(bytes[at + 9] as number)) >= 0;
    } else return false;
  }
  return false;
}

function readTiffHeader(bytes: Buffer): ImageHeader | null {
  const directory = firstDirectory(bytes);
  const [width] = directory?.get(0x0100) ?? [];
  const [height] = directory?.get(0x0101) ?? [];
  if (width === undefined || height === undefined) return null;
  return { format: "tiff", width, height, ...plain, orientation: orientationOf(bytes), isComplete: true };
}

function readAvifHeader(bytes: Buffer): ImageHeader | null {
  const size = avifSize(bytes);
  return size === null ? null : { format: "avif", ...size, ...plain };
}
