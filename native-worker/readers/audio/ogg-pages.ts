import { damaged, type SoundFault, unsupported } from "./sound.ts";

/** The one stream of an Ogg file. */
export type OggStream = {
  /** Whole packets, in their order. */
  readonly packets: readonly Uint8Array[];
  /** Where the last page ends, as the codec counts: samples, as a rule. */
  readonly lastPosition: number;
};

const headerBytes = 27;
const [continued, isFirst, isLast] = [1, 2, 4];

/**
 * Reads the pages of an Ogg file, each against its checksum, and puts the packets together. A file whose last page is not
 * marked as the last is cut off.
 */
export function readOgg(bytes: Uint8Array): OggStream | SoundFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  let [at, sequence, serial, lastPosition, isFinished] = [0, 0, 0, 0, false];
  while (at < bytes.length) {
    if (isFinished) return unsupported("The Ogg file holds several streams one after another; save each as a file.");
    if (at + headerBytes > bytes.length || view.getUint32(at) !== 0x4f676753 || bytes[at + 4] !== 0) return brokenPage;
    const flags = bytes[at + 5] as number;
    const sizes = bytes.subarray(at + headerBytes, at + headerBytes + (bytes[at + 26] as number));
    const dataStart = at + headerBytes + (bytes[at + 26] as number);
    const end = dataStart + sizes.reduce((sum, size) => sum + size, 0);
    if (end > bytes.length) return damaged("Ogg", "it is cut off");
    if (pageChecksum(bytes.subarray(at, end)) !== view.getUint32(at + 22, true)) return brokenPage;
    const own = view.getUint32(at + 14, true);
    if (sequence === 0) serial = own;
    else if (own !== serial || (flags & isFirst) !== 0) {
      return unsupported("The Ogg file holds several streams, and only one of sound is read.");
    }
    const isContinued = (flags & continued) !== 0;
    if (view.getUint32(at + 18, true) !== sequence || isContinued !== open.length > 0) {
      return damaged("Ogg", "a page is missing");
    }
    let start = dataStart;
    for (const size of sizes) {
      open.push(bytes.subarray(start, start + size));
      start += size;
      if (size === 255) continue;
      packets.push(open.length === 1 ? (open[0] as Uint8Array) : Buffer.concat(open));
      open = [];
    }
    const position = view.getBigInt64(at + 6, true);
    if (position >= 0n) lastPosition = Number(position);
    isFinished = (flags & isLast) !== 0;
    sequence += 1;
    at = end;
  }
  return isFinished ? { packets, lastPosition } : damaged("Ogg", "it is cut off");
}

const brokenPage = damaged("Ogg", "a page is broken");

const checksums = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value >>> 0;
});

/** CRC-32 with the highest bit first, over the page with its own four bytes as zeros. */
function pageChecksum(page: Uint8Array): number {
  let value = 0;
  for (let at = 0; at < page.length; at++) {
    const byte = at >= 22 && at < 26 ? 0 : (page[at] as number);
    value = ((value << 8) ^ (checksums[(value >>> 24) ^ byte] as number)) >>> 0;
  }
  return value;
}
