import { TextDecoder } from "@exodus/bytes/encoding.js";

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
