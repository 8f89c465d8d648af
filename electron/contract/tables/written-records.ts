import { lineFeed, quoteMark } from "./csv.ts";

/**
 * Records of the text that Batchdeck writes itself, cut into cells. `csv.ts` reads the files of others.
 *
 * Its CSV is well formed: a quote stands only around a cell and, doubled, inside one. So a line feed ends a record exactly
 * when an even number of quotes lies before it, and a search may go on at any record's start. `lines`: a quote means nothing.
 */
export type RecordStyle = "quoted" | "lines";

/** How far a text is read that comes in blocks. */
export type RecordSearch = { readonly style: RecordStyle; isInQuotes: boolean };

export function searchRecords(style: RecordStyle): RecordSearch {
  return { style, isInQuotes: false };
}

/**
 * The position behind the line feed that ends the record at `from`; -1 when the block ends before it, and the next block is
 * to be searched from its beginning.
 */
export function nextRecordEnd(search: RecordSearch, block: Uint8Array, from: number): number {
  const hasQuotes = search.style === "quoted";
  let { isInQuotes } = search;
  for (let at = from; at < block.length; at++) {
    const byte = block[at];
    if (byte === lineFeed && !isInQuotes) {
      search.isInQuotes = false;
      return at + 1;
    }
    // A doubled quote turns twice, which leaves the state as it was.
    if (byte === quoteMark && hasQuotes) isInQuotes = !isInQuotes;
  }
  search.isInQuotes = isInQuotes;
  return -1;
}

/** The end of each record in `bytes`, line feed included; what follows the last line feed is no record. */
export function recordEnds(bytes: Uint8Array, style: RecordStyle): number[] {
  const search = searchRecords(style);
  const ends: number[] = [];
  for (let end = nextRecordEnd(search, bytes, 0); end !== -1; end = nextRecordEnd(search, bytes, end)) ends.push(end);
  return ends;
}

/** Of text that comes in blocks, cut anywhere: whole records. The last one is kept back as long as it is not finished. */
export function createRecordCutter(style: RecordStyle): (block: Uint8Array) => Uint8Array {
  const search = searchRecords(style);
  let rest = new Uint8Array(0);
  return (block) => {
    let end = 0;
    for (let next = nextRecordEnd(search, block, 0); next !== -1; next = nextRecordEnd(search, block, next)) end = next;
    // Copied: whoever reads may use the block again.
    if (end === 0) {
      rest = joined(rest, block);
      return block.subarray(0, 0);
    }
    const whole = joined(rest, block.subarray(0, end));
    rest = new Uint8Array(block.subarray(end));
    return whole;
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** The cells of a record as they stand there, with their quotes. */
export function rawCells(record: string, separator: " " | "," = ","): string[] {
  const cells: string[] = [];
  for (let start = 0; ; ) {
    const end = record.indexOf(separator, closingQuote(record, start) + 1);
    if (end === -1) {
      cells.push(record.slice(start));
      return cells;
    }
    cells.push(record.slice(start, end));
    start = end + 1;
  }
}

/** The place of the quote that closes the cell at `start`; the one before `start` when it has none. */
function closingQuote(record: string, start: number): number {
  if (!isQuoted(record, start)) return start - 1;
  for (let from = start + 1; ; ) {
    const quote = record.indexOf('"', from);
    if (quote === -1) return record.length;
    if (!isQuoted(record, quote + 1)) return quote;
    from = quote + 2;
  }
}

function isQuoted(record: string, at: number): boolean {
  return record.charCodeAt(at) === quoteMark;
}

/** The text that a raw cell stands for. */
export function cellText(raw: string): string {
  if (!isQuoted(raw, 0)) return raw;
  const isClosed = raw.length > 1 && raw.endsWith('"');
  const inner = raw.slice(1, isClosed ? -1 : undefined);
  return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
}
