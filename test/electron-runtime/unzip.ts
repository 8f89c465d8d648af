import { closeSync, mkdirSync, openSync, readSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inflateRawSync } from "node:zlib";

const endOfDirectory = Buffer.from("PK\x05\x06", "latin1");

/**
 * Unpacks some files of a zip archive: `placeOf` gives each name in the archive its path below `folder`, or null to leave
 * it out. Only for archives whose hash is known: it reads plain and deflated files, without links or 64-bit sizes.
 */
export function unzip(archive: string, folder: string, placeOf: (name: string) => string | null): void {
  const file = openSync(archive, "r");
  try {
    for (const entry of entriesOf(file, statSync(archive).size)) {
      const place = entry.name.endsWith("/") ? null : placeOf(entry.name);
      if (place === null) continue;
      const target = path.join(folder, place);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, contentOf(file, entry), { mode: entry.mode });
    }
  } finally {
    closeSync(file);
  }
}

type ZipEntry = {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly packedBytes: number;
  /** The permissions of the file. */
  readonly mode: number;
  readonly offset: number;
};

/** The directory at the end of the archive: a record of 46 bytes for each file, and its name behind it. */
function entriesOf(file: number, size: number): readonly ZipEntry[] {
  const tail = read(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.subarray(tail.lastIndexOf(endOfDirectory));
  const directory = read(file, end.readUInt32LE(16), end.readUInt32LE(12));
  const entries: ZipEntry[] = [];
  for (let at = 0; at < directory.length; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameBytes),
      isDeflated: directory.readUInt16LE(at + 10) === 8,
      packedBytes: directory.readUInt32LE(at + 20),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function contentOf(file: number, entry: ZipEntry): Buffer {
  const header = read(file, entry.offset, 30);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = read(file, start, entry.packedBytes);
  return entry.isDeflated ? inflateRawSync(packed) : packed;
}

function read(file: number, offset: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (readSync(file, buffer, 0, bytes, offset) !== bytes) throw new Error("The zip archive ends early.");
  return buffer;
}
