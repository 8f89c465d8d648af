/** Cells that hold a vector: `[1, 2.5, null]`, nested as deep as the input's rank; as JSON writes lists, and DuckDB Parquet's. Pure. */

/** `wrong-shape`: a list, of another length or depth. `refused`: an element that was not taken. */
export type ListFault = "not-a-list" | "wrong-shape" | "refused";

/** Reads the list in `bytes[start..end)`; `take` gets each element's place, counted over all, and its text as written. */
export type ListReader = (
  bytes: Uint8Array,
  start: number,
  end: number,
  take: (place: number, start: number, end: number) => boolean,
) => ListFault | null;

const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;

/** A reader of lists of `shape`: `[2, 3]` are two lists of three elements. */
export function createListReader(shape: readonly number[]): ListReader {
  let at = 0;
  let place = 0;

  const level = (depth: number, bytes: Uint8Array, end: number, take: Parameters<ListReader>[3]): ListFault | null => {
    const isInnermost = depth + 1 === shape.length;
    if (bytes[at] !== openBracket) return depth === 0 ? "not-a-list" : "wrong-shape";
    at = skipBlanks(bytes, at + 1, end);
    let count = 0;
    while (bytes[at] !== closeBracket || count > 0) {
      if (at >= end) return "not-a-list";
      if (count === shape[depth]) return "wrong-shape";
      if (isInnermost) {
        if (bytes[at] === openBracket) return "wrong-shape";
        const start = at;
        at = elementEnd(bytes, at, end);
        if (!take(place++, start, trimmedEnd(bytes, start, at))) return "refused";
      } else {
        const fault = level(depth + 1, bytes, end, take);
        if (fault !== null) return fault;
        at = skipBlanks(bytes, at, end);
      }
      count += 1;
      if (bytes[at] === closeBracket) break;
      if (bytes[at] !== comma) return "not-a-list";
      at = skipBlanks(bytes, at + 1, end);
    }
    at += 1;
    return count === shape[depth] ? null : "wrong-shape";
  };

  return (bytes, start, end, take) => {
    at = skipBlanks(bytes, start, end);
    place = 0;
    const fault = level(0, bytes, end, take);
    return fault === null && skipBlanks(bytes, at, end) !== end ? "not-a-list" : fault;
  };
}

/** How many elements a list has at each depth, by its first elements; null when the text is no list. */
export function listShape(text: string): readonly number[] | null {
  let value: unknown;
  try {
    // DuckDB's own words, which JSON has not.
    value = JSON.parse(text.replaceAll(/\b(?:NULL|nan|-?inf)\b/gi, "null"));
  } catch {
    return null;
  }
  const shape: number[] = [];
  while (Array.isArray(value)) {
    shape.push(value.length);
    value = value[0];
  }
  return shape.length === 0 ? null : shape;
}

/** "a list of 2 lists of 3 numbers" */
export function listWords(shape: readonly number[], elements: string): string {
  const inner = shape.reduceRight(
    (words, length, depth) => `${depth === 0 ? "a list" : "lists"} of ${length} ${words}`,
    elements,
  );
  return inner;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] as number)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function elementEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (bytes[at] === quote) {
    for (at++; at < end && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
    at++;
  }
  while (at < end && bytes[at] !== comma && bytes[at] !== closeBracket) at++;
  return Math.min(at, end);
}

function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isBlank(bytes[at - 1] as number)) at--;
  return at;
}
