import { columnName } from "../../../electron/contract/tables/column-names.ts";
import { decodeText } from "../../../electron/contract/tables/csv.ts";

export type JsonKind = "absent" | "null" | "number" | "string" | "literal" | "nested";

/**
 * Finds the values of certain keys in one JSON object after another, without making values of the others. A name `a.b` that is no
 * key itself is the field `b` of the object under `a`.
 */
export type ObjectParser = {
  /** Reads the object in `bytes[start..end)`; false when that is not a JSON object. The last of equal keys counts. */
  readonly parse: (bytes: Buffer, start: number, end: number) => boolean;
  /** One a name. The text of a value is `bytes[starts..ends)`: a string's without quotes and escapes, anything else as written. */
  readonly kinds: readonly JsonKind[];
  readonly bytes: readonly Buffer[];
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** A value's text; empty when there is none. */
  readonly text: (name: number) => string;
};

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

export function createObjectParser(names: readonly string[]): ObjectParser {
  const structures = structuresOf(names);
  if (structures.length === 0) return createFlatParser(names);
  const flat = createFlatParser([...names, ...structures.map(({ key }) => key).filter((key) => !names.includes(key))]);
  const kinds = flat.kinds as JsonKind[];
  const texts = flat.bytes as Buffer[];
  const nested = structures.map(({ key, fields }) => ({
    place: names.includes(key)
      ? names.indexOf(key)
      : names.length + structures.filter((one) => !names.includes(one.key)).findIndex((one) => one.key === key),
    fields,
    parser: createObjectParser(fields.map(({ field }) => field)),
  }));

  const parse = (bytes: Buffer, start: number, end: number): boolean => {
    if (!flat.parse(bytes, start, end)) return false;
    for (const { place, fields, parser } of nested) {
      const kind = kinds[place];
      if (kind !== "null" && kind !== "nested") continue;
      if (
        kind === "nested" &&
        !parser.parse(texts[place] as Buffer, flat.starts[place] as number, flat.ends[place] as number)
      )
        continue;
      for (const [field, { name }] of fields.entries()) {
        const found = kind === "null" ? "null" : (parser.kinds[field] as JsonKind);
        if (kinds[name] !== "absent" || found === "absent") continue;
        kinds[name] = found;
        if (kind === "null") continue;
        texts[name] = parser.bytes[field] as Buffer;
        flat.starts[name] = parser.starts[field] as number;
        flat.ends[name] = parser.ends[field] as number;
      }
    }
    return true;
  };
  return { ...flat, parse };
}

/** Keys under which fields may be found, with the places of the names that would be those. */
function structuresOf(names: readonly string[]) {
  const byKey = new Map<string, { field: string; name: number }[]>();
  for (const [name, text] of names.entries()) {
    for (let dot = text.indexOf("."); dot !== -1; dot = text.indexOf(".", dot + 1)) {
      const [key, field] = [text.slice(0, dot).trim(), text.slice(dot + 1).trim()];
      if (key === "" || field === "") continue;
      byKey.set(key, [...(byKey.get(key) ?? []), { field, name }]);
    }
  }
  return [...byKey].map(([key, fields]) => ({ key, fields }));
}

function createFlatParser(names: readonly string[]): ObjectParser {
  const kinds: JsonKind[] = names.map(() => "absent");
  const texts: Buffer[] = names.map(() => Buffer.alloc(0));
  const starts = new Float64Array(names.length);
  const ends = new Float64Array(names.length);
  const places = new Map(names.map((name, index) => [name, index]));
  /** Keys at each place of the objects before, with the name they stand for: lines mostly have the same keys in turn. */
  const expectedKeys: { readonly bytes: Buffer; readonly place: number }[] = [];

  const placeOfOtherKey = (bytes: Buffer, start: number, end: number, turn: number): number | null => {
    const key = stringText(bytes, start, end);
    if (key === null) return null;
    const place = places.get(columnName(key)) ?? -1;
    if (turn < 1000) expectedKeys[turn] = { bytes: Buffer.from(bytes.subarray(start, end)), place };
    return place;
  };

  const parse = (bytes: Buffer, start: number, end: number): boolean => {
    kinds.fill("absent");
    let at = skipBlanks(bytes, start, end);
    if (at >= end || bytes[at] !== 0x7b) return false;
    at = skipBlanks(bytes, at + 1, end);
    if (at < end && bytes[at] === 0x7d) return skipBlanks(bytes, at + 1, end) === end;
    for (let turn = 0; ; turn++) {
      if (at >= end || bytes[at] !== quote) return false;
      const expected = expectedKeys[turn];
      const isExpected = expected !== undefined && isKey(expected.bytes, bytes, at + 1, end);
      const keyEnd = isExpected ? at + 1 + expected.bytes.length : stringEnd(bytes, at + 1, end);
      if (keyEnd === -1) return false;
      const place = isExpected ? expected.place : placeOfOtherKey(bytes, at + 1, keyEnd, turn);
      if (place === null) return false;
      at = skipBlanks(bytes, keyEnd + 1, end);
      if (at >= end || bytes[at] !== colon) return false;
      at = skipBlanks(bytes, at + 1, end);
      if (at >= end) return false;

      const valueStart = at;
      const first = bytes[at] as number;
      let kind: JsonKind;
      if (first === quote) {
        const valueEnd = stringEnd(bytes, at + 1, end);
        if (valueEnd === -1) return false;
        at = valueEnd + 1;
        kind = "string";
        const isEscaped = hasBackslash(bytes, valueStart + 1, valueEnd);
        const unescaped = isEscaped ? stringText(bytes, valueStart + 1, valueEnd) : null;
        if (isEscaped && unescaped === null) return false;
        if (place !== -1) {
          texts[place] = unescaped === null ? bytes : Buffer.from(unescaped);
          starts[place] = unescaped === null ? valueStart + 1 : 0;
          ends[place] = unescaped === null ? valueEnd : texts[place].length;
        }
      } else {
        if (first === 0x7b || first === 0x5b) {
          at = nestedEnd(bytes, at, end);
          kind = "nested";
          if (at === -1 || !isJson(bytes, valueStart, at)) return false;
        } else if (first === 0x2d || (first >= 0x30 && first <= 0x39)) {
          at = numberEnd(bytes, at, end);
          kind = "number";
        } else {
          const word = literals.find(
            (literal) => bytes.compare(literal, 0, literal.length, at, Math.min(end, at + literal.length)) === 0,
          );
          if (word === undefined) return false;
          kind = word === literals[0] ? "null" : "literal";
          at += word.length;
        }
        if (at === -1) return false;
        if (place !== -1) {
          texts[place] = bytes;
          starts[place] = valueStart;
          ends[place] = kind === "null" ? valueStart : at;
        }
      }
      if (place !== -1) kinds[place] = kind;
      at = skipBlanks(bytes, at, end);
      if (at >= end) return false;
      if (bytes[at] === 0x7d) return skipBlanks(bytes, at + 1, end) === end;
      if (bytes[at] !== comma) return false;
      at = skipBlanks(bytes, at + 1, end);
    }
  };

  const text = (name: number): string =>
    kinds[name] === "absent" || kinds[name] === "null"
      ? ""
      : decodeText((texts[name] as Buffer).subarray(starts[name], ends[name]));

  return { parse, kinds, bytes: texts, starts, ends, text };
}

const literals = [Buffer.from("null"), Buffer.from("true"), Buffer.from("false")] as const;

function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) break;
    at++;
  }
  return at;
}

/** Whether the string whose text starts at `start` is `key`, byte for byte. A loop: keys are too short to be worth a call. */
function isKey(key: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = key;
  if (start + length >= end || bytes[start + length] !== quote) return false;
  for (let index = 0; index < length; index++) if (key[index] !== bytes[start + index]) return false;
  return true;
}

/** Position of the quote that ends the string whose text starts at `start`; -1 when there is none. */
function stringEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) return at;
    if (byte === backslash) at++;
    else if (byte < 0x20) return -1;
  }
  return -1;
}

function hasBackslash(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true;
  return false;
}

/** The text between two quotes, unescaped; null when an escape is none of JSON's. */
function stringText(bytes: Buffer, start: number, end: number): string | null {
  const text = decodeText(bytes.subarray(start, end));
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return null;
  }
}

/** Position after a number by JSON's grammar; -1 when it is none. */
function numberEnd(bytes: Buffer, start: number, end: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  const whole = digitsEnd(bytes, at, end);
  if (whole === at || (bytes[at] === 0x30 && whole > at + 1)) return -1;
  at = whole;
  if (at < end && bytes[at] === 0x2e) {
    const fraction = digitsEnd(bytes, at + 1, end);
    if (fraction === at + 1) return -1;
    at = fraction;
  }
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    let digits = at + 1;
    if (digits < end && (bytes[digits] === 0x2b || bytes[digits] === 0x2d)) digits++;
    at = digitsEnd(bytes, digits, end);
    if (at === digits) return -1;
  }
  return at;
}

function digitsEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at++;
  return at;
}

/** Position after the object or list that starts at `start`, by its brackets alone; -1 when it is not closed. */
function nestedEnd(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = stringEnd(bytes, at + 1, end);
      if (at === -1) return -1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function isJson(bytes: Buffer, start: number, end: number): boolean {
  try {
    JSON.parse(decodeText(bytes.subarray(start, end)));
    return true;
  } catch {
    return false;
  }
}
