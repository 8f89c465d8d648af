import type { PictureFormat } from "../../../electron/contract/picture-format.ts";
import { plainAvif } from "./avif-boxes.ts";

/**
 * Canvas obeys what a file says of its colours (profiles, gamma, primaries), and multiplies colours by their opacity. What
 * trains models does neither: PIL, OpenCV and torchvision give the values that are in the file. So canvas is given the file
 * without these words. Bytes that make no sense are left as they are, for the decoder to object to.
 */
export function plainPicture(format: PictureFormat, bytes: Buffer, keepAlpha: boolean): Buffer {
  switch (format) {
    case "jpeg":
      return withoutJpegProfile(bytes);
    case "png":
      return withoutPngColours(bytes, keepAlpha);
    case "webp":
      return withoutWebpColours(bytes, keepAlpha);
    case "gif":
      return keepAlpha ? bytes : withoutGifTransparency(bytes);
    case "avif":
      return plainAvif(bytes, keepAlpha);
    case "bmp":
    case "tiff":
      return bytes;
  }
}

function withoutJpegProfile(bytes: Buffer): Buffer {
  const kept = [bytes.subarray(0, 2)];
  let at = 2;
  // Segments with a length stand before the first scan.
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const isProfile = bytes[at + 1] === 0xe2 && bytes.toString("latin1", at + 4, at + 15) === "ICC_PROFILE";
    if (!isProfile) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, bytes.subarray(at)]);
}

const pngColours = new Set(["gAMA", "cHRM", "iCCP", "sRGB", "cICP", "mDCV", "cLLI"]);

function withoutPngColours(bytes: Buffer, keepAlpha: boolean): Buffer {
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (!pngColours.has(name) && (keepAlpha || name !== "tRNS")) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** Bits of the first byte of VP8X: there is a profile, there is opacity. */
const [webpProfile, webpAlpha] = [0x20, 0x10];

function withoutWebpColours(bytes: Buffer, keepAlpha: boolean): Buffer {
  const chunks = webpChunks(bytes, 12, bytes.length, keepAlpha);
  const head = Buffer.from(bytes.subarray(0, 12));
  head.writeUInt32LE(4 + lengthOf(chunks), 4);
  return Buffer.concat([head, ...chunks]);
}

function webpChunks(bytes: Buffer, from: number, to: number, keepAlpha: boolean): Buffer[] {
  const kept: Buffer[] = [];
  for (let at = from; at + 8 <= to; ) {
    const length = bytes.readUInt32LE(at + 4);
    const end = Math.min(to, at + 8 + length + (length % 2));
    const name = bytes.toString("latin1", at, at + 4);
    const chunk = Buffer.from(bytes.subarray(at, end));
    at = end;
    if (name === "ICCP" || (name === "ALPH" && !keepAlpha)) continue;
    if (name === "VP8X" && chunk.length > 8) {
      chunk[8] = (chunk[8] as number) & ~webpProfile & (keepAlpha ? 0xff : ~webpAlpha);
    }
    // After the mark of VP8L, width and height in 14 bits each, a bit says that there is opacity.
    if (name === "VP8L" && !keepAlpha && chunk.length > 12) chunk[12] = (chunk[12] as number) & ~0x10;
    if (name !== "ANMF" || chunk.length < 24) {
      kept.push(chunk);
      continue;
    }
    // A frame: sixteen bytes of its own, then chunks.
    const inner = webpChunks(chunk, 24, chunk.length, keepAlpha);
    const head = chunk.subarray(0, 24);
    head.writeUInt32LE(16 + lengthOf(inner), 4);
    kept.push(head, ...inner);
  }
  return kept;
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** The graphic control extension before the first frame says which colour stands for nothing. */
function withoutGifTransparency(bytes: Buffer): Buffer {
  const at = gifControl(bytes);
  if (at === null) return bytes;
  const copy = Buffer.from(bytes);
  copy[at + 3] = (copy[at + 3] as number) & ~1;
  return copy;
}

/** Where the last graphic control extension before the first frame of an intact GIF begins. */
function gifControl(bytes: Buffer): number | null {
  const flags = bytes[10] as number;
  let found: number | null = null;
  for (let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0); bytes[at] === 0x21; ) {
    if (bytes[at + 1] === 0xf9) found = at;
    at += 2;
    while (at < bytes.length && bytes[at] !== 0) at += 1 + (bytes[at] as number);
    at += 1;
  }
  return found;
}

/** What PIL shows where the first frame of a GIF leaves its screen free: the colour for nothing, else the first colour. */
export function gifBackground(bytes: Buffer): Buffer {
  const control = gifControl(bytes);
  const isTransparent = control !== null && ((bytes[control + 3] as number) & 1) === 1;
  const index = isTransparent ? (bytes[control + 6] as number) : 0;
  const colour = bytes.subarray(13 + index * 3, 16 + index * 3);
  const hasPalette = ((bytes[10] as number) & 0x80) !== 0 && colour.length === 3;
  return hasPalette ? colour : Buffer.alloc(3);
}
