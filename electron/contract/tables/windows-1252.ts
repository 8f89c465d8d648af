/**
 * Windows-1252, which spreadsheets of western Europe still write. Written out here, since what a `TextDecoder` of that
 * name makes of the bytes 80 to 9F differs between the runtimes that we run in.
 */
const upperControls =
  "\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd" +
  "\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178";

/** Its bytes as text; the five that stand for nothing become U+FFFD. */
export function textFromWindows1252(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    text += byte >= 0x80 && byte < 0xa0 ? upperControls.charAt(byte - 0x80) : String.fromCharCode(byte);
  }
  return text;
}

/** Whether every byte stands for something. */
export function isWindows1252(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80 || byte >= 0xa0 || upperControls.charAt(byte - 0x80) !== "\ufffd");
}
