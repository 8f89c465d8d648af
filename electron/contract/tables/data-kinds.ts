/** What data that is no text begins with, and what sentences call it. */
const beginnings: readonly (readonly [beginning: string, name: string])[] = [
  ["\x1f\x8b", "gzip data"],
  ["\x28\xb5\x2f\xfd", "Zstandard data"],
  ["BZh", "bzip2 data"],
  ["\xfd7zXZ\0", "xz data"],
  ["\x04\x22\x4d\x18", "LZ4 data"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  ["PK\x03\x04", "a ZIP archive, as Excel's workbooks are"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word document"],
  ["PAR1", "a Parquet file"],
  ["PARE", "an encrypted Parquet file"],
  ["ARROW1\0\0", "an Arrow file"],
  ["ORC", "an ORC file"],
  ["Obj\x01", "an Avro file"],
  ["SQLite format 3\0", "a SQLite database"],
  ["\x89HDF\r\n\x1a\n", "an HDF5 file"],
  ["\x93NUMPY", "a NumPy array"],
  ["%PDF-", "a PDF document"],
  ["\x89PNG\r\n\x1a\n", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
];

/** What kind of data a file's first bytes show it to be; null when they may be text. */
export function dataKind(bytes: Uint8Array): string | null {
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  const found = beginnings.find(([beginning]) => text.startsWith(beginning));
  // A text may begin with letters alone.
  const isShown = found !== undefined && (!/^[ -~]*$/.test(found[0]) || bytes.includes(0) || isUnlikelyText(bytes));
  return isShown ? found[1] : null;
}

/** Control characters that no text has, in the first bytes. */
function isUnlikelyText(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20));
}
