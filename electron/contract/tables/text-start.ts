/** How the text of a file is encoded when it cannot be cut by bytes as it stands. */
export type TextStart = {
  /** A name of the WHATWG Encoding Standard. */
  readonly encoding: string;
  /** Length of its byte order mark. */
  readonly markLength: number;
};

/**
 * The encodings that text is read in as it stands: in both, every byte below 80 is the ASCII character that it looks like,
 * so that records are found without decoding.
 */
export const encodingsInPlace = ["utf-8", "windows-1252"] as const;

/** Whether text that scorer.yml says to be in an encoding is read as it stands. */
export function isReadInPlace(encoding: string | null | undefined): encoding is (typeof encodingsInPlace)[number] {
  return encodingsInPlace.some((known) => known === encoding);
}

/**
 * What the text that begins so has to be decoded from before it is cut; null: nothing, it is read as it stands. A byte order
 * mark says more than `set`, the encoding of scorer.yml, as the Encoding Standard has it.
 */
export function textStart(beginning: Uint8Array, set: string | null): TextStart | null {
  const [first, second, third, fourth] = beginning;
  if (first === 0xfe && second === 0xff) return { encoding: "utf-16be", markLength: 2 };
  // With two NULs behind it it is the mark of UTF-32, which nobody reads.
  if (first === 0xff && second === 0xfe && (third !== 0 || fourth !== 0))
    return { encoding: "utf-16le", markLength: 2 };
  if (first === 0xef && second === 0xbb && third === 0xbf) return null;
  return set === null || isReadInPlace(set) ? null : { encoding: set, markLength: 0 };
}
