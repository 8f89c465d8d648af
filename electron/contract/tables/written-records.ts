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

/**
 * Of text that comes in blocks, cut anywhere: whole records. The last one is kept back as long as it is not finished, in the
 * pieces that it came in, so that a record over many blocks is put together once.
 */
export function createRecordCutter(style: RecordStyle): (block: Uint8Array) => Uint8Array {
  const search = searchRecords(style);
  let rest: Uint8Array[] = [];
  return (block) => {
    let end = 0;
    for (let next = nextRecordEnd(search, block, 0); next !== -1; next = nextRecordEnd(search, block, next)) end = next;
    const whole = end === 0 ? block.subarray(0, 0) : joined([...rest, block.subarray(0, end)]);
    if (end > 0) rest = [];
    // Copied: whoever reads may use the block again.
    if (end < block.length) rest.push(new Uint8Array(block.subarray(end)));
    return whole;
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
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

/** The records of whole text, without their line feeds; what follows the last line feed is none. */
export function* recordTexts(bytes: Uint8Array, style: RecordStyle): Generator<string, undefined> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const search = searchRecords(style);
  let start = 0;
  for (let end = nextRecordEnd(search, text, 0); end !== -1; end = nextRecordEnd(search, text, end)) {
    yield text.toString("utf8", start, end - 1);
    start = end;
  }
}
