import * as z from "zod";
import { columnName } from "./column-names.ts";
import { encodingsInPlace } from "./text-start.ts";
import { textFromWindows1252 } from "./windows-1252.ts";

/** How a file of delimited text becomes cells; found from its beginning and then frozen. */
export const csvDialectSchema = z.strictObject({
  delimiter: z.enum([",", ";", "\t", "|"]),
  quote: z.literal('"'),
  /** How its bytes become text. Both keep ASCII as it is, so that records and numbers are found alike in either. */
  encoding: z.enum(encodingsInPlace).default("utf-8"),
  /** What stands between the whole and the broken part of a number. */
  decimal: z.enum([".", ","]).default("."),
  /** Where the header starts, in bytes, when more than a byte order mark stands before it: a line `sep=;`, comments. */
  headerStart: z.number().int().min(0).default(0),
});
export type CsvDialect = Readonly<z.infer<typeof csvDialectSchema>>;

/** For delimited files of an input that had none to sniff a dialect from. */
export const defaultDialect: CsvDialect = {
  delimiter: ",",
  quote: '"',
  encoding: "utf-8",
  decimal: ".",
  headerStart: 0,
};

/*
 * Where a record ends: the one definition, used by the splitter that cuts files and by the reader that parses the cuts.
 *
 * - A record is a line, ended by LF, CR LF or the end of the file; further CRs before the LF belong to it, which files have
 *   that were written as text twice. An empty line is no record.
 * - A cell whose first byte is a quote is quoted: it may hold delimiters and line ends, and a doubled quote is a quote.
 *   It must be closed by a quote that is followed by the delimiter or a line end, however far away. Otherwise the record is
 *   flawed ("row-quote"), ends with the line on which that cell began, and reading goes on at the next line.
 * - A quote anywhere else in a cell is a character like any other.
 * - A record of more than `maxRecordBytes` is flawed ("row-too-long"), and ends where it would end if it were not.
 *
 * A file may be cut after any record: a reader that sees only one of the pieces finds the same records in it, since a cell
 * that is not closed in the file is not closed in any piece of it. Memory is bounded: of a record that is too long no more is
 * held than `maxRecordBytes`, and whether its open cell is closed is found by reading on.
 *
 * Each byte is looked at a bounded number of times, whatever the file holds. A cell that was given up holds quotes in pairs
 * only, up to where it was given up. The first of a pair may open a cell for a reader that begins at the next line; but that
 * cell is closed or given up within the same run of quotes.
 */
export const maxRecordBytes = 64 * 1024 * 1024;

export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const quoteMark = 0x22;

/** Length of the UTF-8 byte order mark that a file begins with: 3 or 0. */
export function byteOrderMarkLength(firstBytes: Uint8Array): number {
  return firstBytes[0] === 0xef && firstBytes[1] === 0xbb && firstBytes[2] === 0xbf ? 3 : 0;
}

/** What is wrong with the shape of a record; the words of `itemErrorCodes`. */
export type RecordFlaw = "row-quote" | "row-too-long";

/** Reads bytes from a position of the window on, which may lie behind it, into `block`; how many: 0 at the end. */
export type ReadOn = (block: Uint8Array, position: number) => number;

/**
 * A look through a window of bytes: `bytes[..end)` holds what has been read, `isLast` says that the file (or the piece
 * of it that is read) ends at `end`. The last four fields are answers of `scanRecord`.
 */
export type RecordScanner = {
  /** The delimiter's byte; null when lines are records (JSON lines). */
  readonly delimiter: number | null;
  readonly readOn: ReadOn;
  /** `maxRecordBytes`, or fewer to try what is done about more. */
  readonly maxBytes: number;
  bytes: Uint8Array;
  end: number;
  isLast: boolean;
  /** First quote at or after `quoteFrom` in this window (`end` when there is none), so that it is searched only once. */
  quoteFrom: number;
  quoteAt: number;
  /** Where the next record starts; of an overlong record, where its rest does, which may lie behind the window. */
  next: number;
  /** Where the record's text ends, its line end excluded. */
  textEnd: number;
  flaw: RecordFlaw | null;
  /** How the rest of an overlong record is passed over. */
  rest: RecordRest;
};

/** Up to the next line end; or as the cells that they are, by `scanRecord` with `isRest`. */
export type RecordRest = "line" | "cells";

/** `dialect` null: lines are records, as in JSON lines. Without `readOn` nothing is known of what lies behind the window. */
export function createRecordScanner(
  dialect: CsvDialect | null,
  readOn: ReadOn = () => 0,
  maxBytes = maxRecordBytes,
): RecordScanner {
  return {
    delimiter: dialect === null ? null : dialect.delimiter.charCodeAt(0),
    readOn,
    maxBytes,
    bytes: new Uint8Array(0),
    end: 0,
    isLast: false,
    quoteFrom: 0,
    quoteAt: -1,
    next: 0,
    textEnd: 0,
    flaw: null,
    rest: "line",
  };
}

/** Shows the scanner another window; to be called whenever the bytes, their number or `isLast` changed. */
export function setScannerWindow(scanner: RecordScanner, bytes: Uint8Array, end: number, isLast: boolean): void {
  scanner.bytes = bytes;
  scanner.end = end;
  scanner.isLast = isLast;
  scanner.quoteFrom = 0;
  scanner.quoteAt = -1;
}

/**
 * Finds the end of the record that starts at `start` (`start < end`). `isRest`: of one that started before, somewhere outside
 * of its quotes.
 *
 * - "record": `next`, `textEnd` and `flaw` are set.
 * - "blank": an empty line; `next` is set.
 * - "incomplete": the window ends too early to tell; ask again with the same start and more bytes. Never when `isLast`, or
 *   when the window holds more than `maxBytes` from `start` on.
 * - "overlong": a flawed record ("row-too-long") whose end lies beyond the window; `next` and `rest` are set.
 */
export function scanRecord(
  scanner: RecordScanner,
  start: number,
  isRest = false,
): "record" | "blank" | "incomplete" | "overlong" {
  const { bytes, end, isLast, delimiter } = scanner;
  const furthest = start + scanner.maxBytes;
  let from = start;
  let lineEnd = findLineEnd(bytes, from, end);
  scanner.flaw = null;
  scanner.rest = delimiter === null ? "line" : "cells";
  if (delimiter !== null) {
    let quote = findQuote(scanner, from);
    while (quote < lineEnd) {
      if (quote === start ? !isRest : bytes[quote - 1] === delimiter) {
        const cellEnd = quotedCellEnd(bytes, quote, end, isLast, delimiter);
        if (cellEnd === quoteIncomplete) {
          if (end <= furthest) return "incomplete";
          const closed = closedBehind(scanner, quote, delimiter);
          if (closed !== null) {
            scanner.flaw = "row-too-long";
            scanner.next = closed;
            return "overlong";
          }
        }
        if (cellEnd === quoteIncomplete || cellEnd === quoteFlawed) {
          scanner.flaw = "row-quote";
          scanner.rest = "line";
          break;
        }
        from = cellEnd;
      } else {
        from = quote + 1;
      }
      if (lineEnd < from) lineEnd = findLineEnd(bytes, from, end);
      quote = findQuote(scanner, from);
    }
  }
  if (lineEnd > furthest) {
    scanner.flaw = "row-too-long";
    if (lineEnd === end && !isLast) {
      // The last byte once more: it tells whether the next one opens a cell.
      scanner.next = end - 1;
      return "overlong";
    }
  } else if (lineEnd === end && !isLast) {
    return "incomplete";
  }
  scanner.next = lineEnd === end ? end : lineEnd + 1;
  let textEnd = lineEnd;
  while (textEnd > start && bytes[textEnd - 1] === carriageReturn) textEnd--;
  scanner.textEnd = textEnd;
  return textEnd === start && scanner.flaw === null ? "blank" : "record";
}

export const quoteIncomplete = -1;
export const quoteFlawed = -2;
/** Cells are mostly short: so many bytes are looked at one by one before a native search is worth its call. */
const nearBytes = 48;

/**
 * Where the quoted cell that opens at `open` ends: the position after its closing quote, which holds the delimiter or a
 * line end, or is `end` itself. `quoteFlawed` when it is not closed as it must be, `quoteIncomplete` when the window
 * ends too early to tell (never when `isLast`).
 */
export function quotedCellEnd(
  bytes: Uint8Array,
  open: number,
  end: number,
  isLast: boolean,
  delimiter: number,
): number {
  let from = open + 1;
  for (;;) {
    let quote = from;
    const near = Math.max(from, Math.min(end, from + nearBytes));
    while (quote < near && bytes[quote] !== quoteMark) quote++;
    if (quote === near) {
      const found = bytes.subarray(near, end).indexOf(quoteMark);
      if (found === -1) return isLast ? quoteFlawed : quoteIncomplete;
      quote = near + found;
    }
    const after = quote + 1;
    if (after >= end) return isLast ? after : quoteIncomplete;
    const byte = bytes[after];
    if (byte === delimiter || byte === lineFeed) return after;
    if (byte === carriageReturn) {
      let returns = after + 1;
      while (returns < end && bytes[returns] === carriageReturn) returns++;
      if (returns >= end) return isLast ? after : quoteIncomplete;
      return bytes[returns] === lineFeed ? after : quoteFlawed;
    }
    if (byte !== quoteMark) return quoteFlawed;
    from = after + 1;
  }
}

const farBlockBytes = 1024 * 1024;

/** As `quotedCellEnd` of a cell that is larger than any window; null when it is not closed as it must be. */
function closedBehind(scanner: RecordScanner, open: number, delimiter: number): number | null {
  const block = new Uint8Array(farBlockBytes);
  let closed: number | null = null;
  let hasReturned = false;
  for (let position = open + 1; ; ) {
    const length = scanner.readOn(block, position);
    // The end of the file closes a cell as a line end does.
    if (length === 0) return closed;
    for (let at = 0; at < length; at++) {
      const byte = block[at];
      if (closed === null) {
        if (byte !== quoteMark) continue;
        closed = position + at + 1;
        hasReturned = false;
      } else if (byte === lineFeed || (byte === delimiter && !hasReturned)) return closed;
      else if (byte === carriageReturn) hasReturned = true;
      else if (byte === quoteMark && !hasReturned) closed = null;
      else return null;
    }
    position += length;
  }
}

/** Cells of a record without a flaw, as text, unescaped. */
export function recordCells(bytes: Uint8Array, start: number, textEnd: number, dialect: CsvDialect): string[] {
  const { encoding } = dialect;
  const delimiter = dialect.delimiter.charCodeAt(0);
  const cells: string[] = [];
  let at = start;
  for (;;) {
    let cellEnd: number;
    if (at < textEnd && bytes[at] === quoteMark) {
      cellEnd = quotedCellEnd(bytes, at, textEnd, true, delimiter);
      cells.push(decodeText(bytes.subarray(at + 1, cellEnd - 1), encoding).replaceAll('""', '"'));
    } else {
      const found = bytes.subarray(at, textEnd).indexOf(delimiter);
      cellEnd = found === -1 ? textEnd : at + found;
      cells.push(decodeText(bytes.subarray(at, cellEnd), encoding));
    }
    if (cellEnd >= textEnd) return cells;
    at = cellEnd + 1;
  }
}

/** Names in a header, as they are compared; as many as there are cells. */
export function headerNames(bytes: Uint8Array, start: number, textEnd: number, dialect: CsvDialect): string[] {
  return recordCells(bytes, start, textEnd, dialect).map(columnName);
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes as text; what is none becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, encoding: CsvDialect["encoding"] = "utf-8"): string {
  return encoding === "utf-8" ? decoder.decode(bytes) : textFromWindows1252(bytes);
}

/** `end` when there is none in the window. */
function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  const found = bytes.indexOf(lineFeed, from);
  return found === -1 || found > end ? end : found;
}

function findQuote(scanner: RecordScanner, from: number): number {
  if (from < scanner.quoteFrom || from > scanner.quoteAt) {
    const found = scanner.bytes.indexOf(quoteMark, from);
    scanner.quoteFrom = from;
    scanner.quoteAt = found === -1 || found > scanner.end ? scanner.end : found;
  }
  return scanner.quoteAt;
}
