/** Numbers of the entries of one TIFF directory by tag; entries of other types than whole numbers are left out. */
export type TiffDirectory = ReadonlyMap<number, readonly number[]>;

export const tiffTags = { orientation: 0x0112 } as const;

/** Longer lists are no part of a picture that can be decoded: 100 megapixels in strips of one row are fewer. */
const maxNumbers = 1_000_000;

/** Bytes of a number by its type: byte, short, long, bytes of any meaning. */
const numberBytes: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4, 7: 1 };

export function isLittleEndian(tiff: Buffer): boolean {
  return tiff[0] === 0x49;
}

/**
 * The first directory of a TIFF file, or of the TIFF block that EXIF is: its first page. Null when there is none. An entry
 * that points behind the end is left out.
 */
export function firstDirectory(tiff: Buffer): TiffDirectory | null {
  if (tiff.length < 8) return null;
  const isLittle = isLittleEndian(tiff);
  const numberAt = (at: number, bytes: 1 | 2 | 4): number =>
    isLittle ? tiff.readUIntLE(at, bytes) : tiff.readUIntBE(at, bytes);
  if (numberAt(2, 2) !== 42) return null;
  const offset = numberAt(4, 4);
  if (offset + 2 > tiff.length) return null;
  const directory = new Map<number, readonly number[]>();
  const entries = numberAt(offset, 2);
  for (let index = 0; index < entries; index++) {
    const entry = offset + 2 + index * 12;
    if (entry + 12 > tiff.length) break;
    const bytes = numberBytes[numberAt(entry + 2, 2)];
    const count = numberAt(entry + 4, 4);
    if (bytes === undefined || count > maxNumbers) continue;
    const at = bytes * count <= 4 ? entry + 8 : numberAt(entry + 8, 4);
    if (at + bytes * count > tiff.length) continue;
    directory.set(
      numberAt(entry, 2),
      Array.from({ length: count }, (_, place) => numberAt(at + place * bytes, bytes)),
    );
  }
  return directory;
}

/** How the picture is to be turned, 1 to 8 as EXIF counts; 1 when nothing sensible is said. */
export function orientationOf(tiff: Buffer): number {
  const [value = 1] = firstDirectory(tiff)?.get(tiffTags.orientation) ?? [];
  return value >= 1 && value <= 8 ? value : 1;
}
