import type { ArrayFault } from "./npy-header.ts";

/** Bytes of a file that has `sizeBytes`; a piece at its end may be shorter than what was asked for. */
export type FileView = {
  readonly sizeBytes: number;
  readonly readAt: (position: number, length: number) => Uint8Array;
};

/** A file in a zip archive, stored or deflated. */
export type ZipEntry = {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  /** CRC-32 of what it holds. */
  readonly checksum: number;
  /** Where its bytes begin in the archive. */
  readonly start: number;
};

const endBytes = 22;
const locatorBytes = 20;
const entryBytes = 46;
const localBytes = 30;
/** The comment behind the end record is no longer. */
const mostComment = 65_535;
/** Far more than any archive of arrays has. */
const mostDirectoryBytes = 4 * 1024 * 1024;

export function isZip(beginning: Uint8Array): boolean {
  return beginning[0] === 0x50 && beginning[1] === 0x4b && beginning[2] === 3 && beginning[3] === 4;
}

/**
 * The entries of an archive, by the directory at its end; 64-bit sizes are read. No entry reaches over the end of the file. An
 * own reader, since slices of a stored entry are read where they lie, and packages only stream from an entry's beginning.
 */
export function readZipDirectory(file: FileView): readonly ZipEntry[] | ArrayFault {
  const tailStart = Math.max(0, file.sizeBytes - endBytes - mostComment);
  const tail = Buffer.from(file.readAt(tailStart, file.sizeBytes - tailStart));
  const at = tail.lastIndexOf("PK\x05\x06", tail.length - endBytes, "latin1");
  if (at < 0) return damaged("The archive is cut off: the list of its files, at its end, is missing.");
  const place = directoryPlace(file, tail, at, tailStart + at);
  if (place === null || place.start + place.length > file.sizeBytes) return damaged("The archive is damaged.");
  if (place.length > mostDirectoryBytes) return damaged("The archive lists too many files.");
  const directory = Buffer.from(file.readAt(place.start, place.length));
  const entries: ZipEntry[] = [];
  for (let position = 0; position < directory.length; ) {
    const entry = entryAt(file, directory, position);
    if ("code" in entry) return entry;
    entries.push(entry.entry);
    position = entry.next;
  }
  return entries;
}

/** `endAt` is the place of the end record in the file. Null: its 64-bit form is asked for and not there. */
function directoryPlace(
  file: FileView,
  tail: Buffer,
  at: number,
  endAt: number,
): { readonly start: number; readonly length: number } | null {
  const [length, start] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (length !== 0xffffffff && start !== 0xffffffff) return { start, length };
  const locator = view(file, endAt - locatorBytes, locatorBytes);
  if (locator === null || locator.readUInt32LE(0) !== 0x07064b50) return null;
  const end = view(file, Number(locator.readBigUInt64LE(8)), 56);
  if (end === null || end.readUInt32LE(0) !== 0x06064b50) return null;
  return { start: Number(end.readBigUInt64LE(48)), length: Number(end.readBigUInt64LE(40)) };
}

/** Bytes that must all be there; null when they are not. */
function view(file: FileView, position: number, length: number): Buffer | null {
  if (position < 0 || !Number.isSafeInteger(position) || position + length > file.sizeBytes) return null;
  const bytes = file.readAt(position, length);
  return bytes.length === length ? Buffer.from(bytes) : null;
}

function entryAt(
  file: FileView,
  directory: Buffer,
  at: number,
): { readonly entry: ZipEntry; readonly next: number } | ArrayFault {
  if (at + entryBytes > directory.length || directory.readUInt32LE(at) !== 0x02014b50) return wrongList;
  const [nameBytes, extraBytes] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30)];
  const extraAt = at + entryBytes + nameBytes;
  const next = extraAt + extraBytes + directory.readUInt16LE(at + 32);
  if (next > directory.length) return wrongList;
  const name = directory.toString("utf8", at + entryBytes, extraAt);
  const [flags, method] = [directory.readUInt16LE(at + 8), directory.readUInt16LE(at + 10)];
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) {
    const how = (flags & 1) !== 0 ? "encrypted" : `compressed by method ${method}`;
    return { code: "array-unsupported", message: `The archive is ${how}, which is not read.` };
  }
  const sizes = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)];
  const [sizeBytes, packedBytes, header] = longSizes(sizes, directory.subarray(extraAt, extraAt + extraBytes));
  if (sizeBytes === undefined || packedBytes === undefined || header === undefined) return wrongList;
  const local = view(file, header, localBytes);
  if (local === null || local.readUInt32LE(0) !== 0x04034b50) return wrongList;
  const start = header + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + packedBytes > file.sizeBytes) return wrongList;
  const isDeflated = method === 8;
  if (!isDeflated && packedBytes !== sizeBytes) return wrongList;
  const checksum = directory.readUInt32LE(at + 16);
  return { entry: { name, isDeflated, packedBytes, sizeBytes, checksum, start }, next };
}

/** Sizes of 32 bits that are full stand in the extra field of 64-bit ones, in this order. */
function longSizes(sizes: readonly number[], extra: Buffer): readonly (number | undefined)[] {
  if (!sizes.includes(0xffffffff)) return sizes;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let from = at + 4;
    return sizes.map((size) => {
      if (size !== 0xffffffff) return size;
      from += 8;
      return from > extra.length ? undefined : Number(extra.readBigUInt64LE(from - 8));
    });
  }
  return [];
}

const wrongList: ArrayFault = { code: "array-damaged", message: "The archive is damaged: its list of files is wrong." };

function damaged(message: string): ArrayFault {
  return { code: "array-damaged", message };
}
