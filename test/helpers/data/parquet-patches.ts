/**
 * Parquet files that no writer at hand makes: their bytes are changed in place, so that lengths and places stay as they are.
 */

/** The file with columns renamed to names of the same length. Nothing else in it may hold the old names. */
export function renameInParquet(content: Buffer, names: Readonly<Record<string, string>>): Buffer {
  let text = content.toString("latin1");
  for (const [name, other] of Object.entries(names)) {
    if (name.length !== other.length) throw new Error(`${name} and ${other} are not of one length.`);
    text = text.replaceAll(name, other);
  }
  return Buffer.from(text, "latin1");
}

/** Codecs and encodings by their numbers in the format, as the compact protocol writes them. */
const codecs = { LZ4_RAW: 0x0e, LZ4: 0x0a, LZO: 0x06 } as const;
const encodings = { PLAIN: 0x00, BYTE_STREAM_SPLIT: 0x12 } as const;

/** The file with a column said to be compressed with another codec than LZ4_RAW. Its name must be unlike all else in the file. */
export function recodeInParquet(content: Buffer, column: string, codec: keyof typeof codecs): Buffer {
  const text = content.toString("latin1");
  const [from, to] = [
    `${column}\x15${String.fromCharCode(codecs.LZ4_RAW)}`,
    `${column}\x15${String.fromCharCode(codecs[codec])}`,
  ];
  if (text.split(from).length !== 2) throw new Error(`The codec of ${column} was not found once.`);
  return Buffer.from(text.replace(from, to), "latin1");
}

/** The file with the first plain page of its first column said to be encoded as BYTE_STREAM_SPLIT. */
export function resplitInParquet(content: Buffer): Buffer {
  // In the header of a data page: the number of values, the encoding, and RLE for its levels.
  const page = /(,\x15[\x80-\xff]*[\x00-\x7f]\x15)\x00(\x15\x06\x15\x06)/;
  const text = content.toString("latin1");
  if (!page.test(text)) throw new Error("There is no plain page.");
  return Buffer.from(text.replace(page, `$1${String.fromCharCode(encodings.BYTE_STREAM_SPLIT)}$2`), "latin1");
}
