/**
 * Text cells written straight into a buffer. `csv` follows contract/csv-cell.ts: it quotes what RFC 4180 asks to be
 * quoted and, with `escapeFormulas`, puts `'` in front of what a spreadsheet would take for a formula. `always-quoted`
 * quotes every text and changes none, so that an empty text can be told from no value: the form that is turned into
 * Parquet. `json` writes JSON strings. `pandas` writes what `DataFrame.to_csv` writes with that separator: quotes around
 * what holds the separator, a quote or a line feed, and no texts changed.
 */
export type TextStyle =
  | { readonly kind: "csv"; readonly escapeFormulas: boolean }
  | { readonly kind: "always-quoted" }
  | { readonly kind: "json" }
  | { readonly kind: "pandas"; readonly separator: " " | "," };

const quote = 34;
const apostrophe = 39;
const backslash = 92;
const letterU = 117;
const digitZero = 48;

/** Bytes that ask for quotes: `"`, comma, CR, LF. */
const asksForQuotes = new Uint8Array(256);
for (const character of '",\r\n') asksForQuotes[character.charCodeAt(0)] = 1;

/** The same for pandas, by separator; its writer looks for line feeds alone. */
const asksForPandasQuotes = { " ": new Uint8Array(256), ",": new Uint8Array(256) } as const;
for (const separator of [" ", ","] as const) {
  for (const character of `"\n${separator}`) asksForPandasQuotes[separator][character.charCodeAt(0)] = 1;
}

/** Bytes that JSON wants escaped: the letter behind the backslash, or `u` where there is no short form. */
const jsonEscapes = new Uint8Array(256);
jsonEscapes.fill(letterU, 0, 32);
for (const pair of ['""', "\\\\", "\bb", "\ff", "\nn", "\rr", "\tt"])
  jsonEscapes[pair.charCodeAt(0)] = pair.charCodeAt(1);
const hexDigits = Buffer.from("0123456789abcdef");

const startsFormula = new Uint8Array(256);
for (const character of "=+-@\t\r\0") startsFormula[character.charCodeAt(0)] = 1;

/** The most bytes that a text of `length` bytes can take: every byte doubled (in JSON six), two quotes, an apostrophe. */
export function maxTextBytes(length: number, style: TextStyle): number {
  return (style.kind === "json" ? 6 : 2) * length + 3;
}

/** Writes `bytes[start..end)` as one cell and returns the position after it. */
export function writeTextCell(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  style: TextStyle,
): number {
  if (style.kind === "always-quoted") return writeQuoted(target, at, bytes, start, end, false);
  if (style.kind === "json") return writeJsonText(target, at, bytes, start, end);
  if (start >= end) return at;
  if (style.kind === "pandas") {
    return writeWhereNeeded(target, at, bytes, start, end, asksForPandasQuotes[style.separator], false);
  }
  const isFormula =
    style.escapeFormulas && startsFormula[bytes[start] as number] === 1 && !isPlainNumber(bytes, start, end);
  return writeWhereNeeded(target, at, bytes, start, end, asksForQuotes, isFormula);
}

/** As it stands, or in quotes when it holds one of the bytes that ask for them. */
function writeWhereNeeded(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  asking: Uint8Array,
  isFormula: boolean,
): number {
  let position = at;
  if (isFormula) target[position++] = apostrophe;
  let special = 0;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    special |= asking[byte] as number;
    target[position++] = byte;
  }
  return special === 0 ? position : writeQuoted(target, at, bytes, start, end, isFormula);
}

function writeQuoted(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  isFormula: boolean,
): number {
  let position = at;
  target[position++] = quote;
  if (isFormula) target[position++] = apostrophe;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    if (byte === quote) target[position++] = quote;
    target[position++] = byte;
  }
  target[position++] = quote;
  return position;
}

function writeJsonText(target: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number {
  let position = at;
  target[position++] = quote;
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number;
    const letter = jsonEscapes[byte] as number;
    if (letter === 0) {
      target[position++] = byte;
      continue;
    }
    target[position++] = backslash;
    target[position++] = letter;
    if (letter !== letterU) continue;
    target[position++] = digitZero;
    target[position++] = digitZero;
    target[position++] = hexDigits[byte >> 4] as number;
    target[position++] = hexDigits[byte & 15] as number;
  }
  target[position++] = quote;
  return position;
}

/** A text as the bytes of one finished cell, for texts that are written again and again. */
export function textCellBytes(text: string, style: TextStyle): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const target = Buffer.allocUnsafe(maxTextBytes(bytes.length, style));
  return target.subarray(0, writeTextCell(target, 0, bytes, 0, bytes.length, style));
}

/** `[+-]?(digits[.digits] | .digits)[e[+-]digits]`, and nothing around it. */
function isPlainNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let index = start;
  if (bytes[index] === 43 || bytes[index] === 45) index++;
  const wholeEnd = skipDigits(bytes, index, end);
  let digits = wholeEnd - index;
  index = wholeEnd;
  if (bytes[index] === 46 && index < end) {
    const fractionEnd = skipDigits(bytes, index + 1, end);
    digits += fractionEnd - index - 1;
    index = fractionEnd;
  }
  if (digits === 0) return false;
  if (index < end && ((bytes[index] as number) | 0x20) === 101) {
    index++;
    if (index < end && (bytes[index] === 43 || bytes[index] === 45)) index++;
    const exponentEnd = skipDigits(bytes, index, end);
    if (exponentEnd === index) return false;
    index = exponentEnd;
  }
  return index === end;
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let index = from;
  while (index < end && (bytes[index] as number) >= 48 && (bytes[index] as number) <= 57) index++;
  return index;
}
