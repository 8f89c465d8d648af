import { normalizeEncoding, TextDecoder } from "@exodus/bytes/encoding.js";
import { chardet } from "jschardet";

/*
 * What is known of encodings other than UTF-8 and Windows-1252, with its tables: 1.7 MB. It is built as a file of its own
 * (scripts/build.mjs) and loaded with `import()` by what needs it, which few inputs do.
 */

export type FoundEncoding = { readonly encoding: string | null; readonly confidence: number };

/** Every encoding that a text may be in, the likeliest first, by the detector's names; confidence from 0 to 1. */
export function detectEncodings(text: Uint8Array): readonly FoundEncoding[] {
  const { ALL } = chardet.EncodingEra;
  return chardet.detectAll(text, {
    encodingEra: ALL,
    ignoreThreshold: true,
    compatNames: false,
    preferSuperset: false,
  });
}

/** The name in the Encoding Standard of a label of it, lower case; null for none. */
export function encodingOfLabel(label: string): string | null {
  return normalizeEncoding(label);
}

export function decodedText(text: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(text);
}

/** Turns a stream of text in some encoding into UTF-8. */
export type Utf8Encoder = {
  readonly encode: (bytes: Buffer) => Buffer;
  /** What was left of the last character. */
  readonly end: () => Buffer;
};

/**
 * What stands for no character becomes the byte FF, which is in no UTF-8 text: so whatever cell or line holds it fails as text
 * that cannot be read, and nothing else does. `encoding` is a name of the WHATWG Encoding Standard.
 *
 * The decoder is not the runtime's: those differ in what they make of bad bytes, and a job may be begun by one and go on
 * in another.
 */
export function createUtf8Encoder(encoding: string): Utf8Encoder {
  if (encoding === "utf-16le" || encoding === "utf-16be") return createUtf16Encoder(encoding === "utf-16be");
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return {
    encode: (bytes) => withBadBytes(decoder.decode(bytes, { stream: true }), "\ufffd"),
    end: () => withBadBytes(decoder.decode(), "\ufffd"),
  };
}

/** Unlike the others UTF-16 has U+FFFD itself, so it is not told by that: only halves of pairs stand for nothing. */
function createUtf16Encoder(isBigEndian: boolean): Utf8Encoder {
  let left = Buffer.alloc(0);
  return {
    encode(bytes) {
      const all = left.length === 0 ? Buffer.from(bytes) : Buffer.concat([left, bytes]);
      let whole = all.length - (all.length % 2);
      // The first half of a pair waits for the second.
      if (whole > 0 && ((all[isBigEndian ? whole - 2 : whole - 1] ?? 0) & 0xfc) === 0xd8) whole -= 2;
      left = Buffer.from(all.subarray(whole));
      const units = all.subarray(0, whole);
      if (isBigEndian) units.swap16();
      return withBadBytes(units.toString("utf16le"), loneSurrogate);
    },
    end() {
      const isHalf = left.length > 0;
      left = Buffer.alloc(0);
      return isHalf ? badByte : left;
    },
  };
}

const badByte = Buffer.from([0xff]);
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function withBadBytes(text: string, bad: string | RegExp): Buffer {
  const isPlain = typeof bad === "string" ? !text.includes(bad) : text.isWellFormed();
  if (isPlain) return Buffer.from(text);
  return Buffer.concat(
    text.split(bad).flatMap((piece, index) => (index === 0 ? [Buffer.from(piece)] : [badByte, Buffer.from(piece)])),
  );
}
