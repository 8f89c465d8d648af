import * as z from "zod";
import { textFromWindows1252 } from "./windows-1252.ts";

/** How a file of delimited text becomes cells; found from its beginning and then frozen. */
export const csvDialectSchema = z.strictObject({
  delimiter: z.enum([",", ";", "\t", "|"]),
  quote: z.literal('"'),
  /** How its bytes become text. Both keep ASCII as it is, so that records and numbers are found alike in either. */
  encoding: z.enum(["utf-8", "windows-1252"]).default("utf-8"),
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
 *   It must be closed by a quote at most `maxQuotedCellBytes` later that is followed by the delimiter or a line end.
 *   Otherwise the record is flawed ("row-quote"), ends with the line on which that cell began, and reading goes on at
 *   the next line.
 * - A quote anywhere else in a cell is a character like any other.
 * - A record of more than `maxRecordBytes` is flawed ("row-too-long") and ends at the first line end at or after that
 *   many bytes, so that memory stays bounded.
 *
 * Since a flawed record always ends on a line end, a file may be cut after any record: a reader that sees only one of
 * the pieces finds the same records in it. Each byte is looked at a bounded number of times, whatever the file holds:
 * a quoted cell that was given up holds no other opening quote that could be given up again over the same bytes.
 */
export const maxQuotedCellBytes = 1024 * 1024;
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

/**
 * A look through a window of bytes: `bytes[..end)` holds what has been read, `isLast` says that the file (or the piece
 * of it that is read) ends at `end`. The last three fields are answers of `scanRecord`.
 */
export type RecordScanner = {
  /** The delimiter's byte; null when lines are records (JSON lines). */
  readonly delimiter: number | null;
  bytes: Uint8Array;
  end: number;
  isLast: boolean;
  /** First quote at or after `quoteFrom` in this window (`end` when there is none), so that it is searched only once. */
  quoteFrom: number;
  quoteAt: number;
  /** Where the next record starts. */
  next: number;
  /** Where the record's text ends, its line end excluded. */
  textEnd: number;
  flaw: RecordFlaw | null;
};

/** `dialect` null: lines are records, as in JSON lines. */
export function createRecordScanner(dialect: CsvDialect | null): RecordScanner {
  return {
    delimiter: dialect === null ? null : dialect.delimiter.charCodeAt(0),
    bytes: new Uint8Array(0),
    end: 0,
    isLast: false,
    quoteFrom: 0,
    quoteAt: -1,
    next: 0,
    textEnd: 0,
    flaw: null,
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
 * Finds the end of the record that starts at `start` (`start < end`).
 *
 * - "record": `next`, `textEnd` and `flaw` are set.
 * - "blank": an empty line; `next` is set.
 * - "incomplete": the window ends too early to tell; ask again with the same start and more bytes. Never when `isLast`.
 * - "overlong": a flawed record ("row-too-long") whose end lies beyond the window; it ends with the first LF after it.
 */
export function scanRecord(scanner: RecordScanner, start: number): "record" | "blank" | "incomplete" | "overlong" {
  const { bytes, end, isLast, delimiter } = scanner;
  const furthest = start + maxRecordBytes;
  let from = start;
  let lineEnd = findLineEnd(bytes, from, end);
  scanner.flaw = null;
  if (delimiter !== null) {
    let quote = findQuote(scanner, from);
    while (quote < lineEnd && quote <= furthest) {
      if (quote === start || bytes[quote - 1] === delimiter) {
        const cellEnd = quotedCellEnd(bytes, quote, end, isLast, delimiter);
        if (cellEnd === quoteIncomplete) return "incomplete";
        if (cellEnd === quoteFlawed) {
          scanner.flaw = "row-quote";
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
    // Found or not, the record is too long: its end is the first line end from the limit on.
    lineEnd = findLineEnd(bytes, furthest, end);
    scanner.flaw = "row-too-long";
    if (lineEnd === end && !isLast) return "overlong";
  } else if (lineEnd === end && !isLast) {
    return "incomplete";
  }
  scanner.next = lineEnd === end ? end : lineEnd + 1;
  let textEnd = lineEnd;
  while (textEnd > start && bytes[textEnd - 1] === carriageReturn) textEnd--;
  scanner.textEnd = textEnd;
  return scanner.textEnd === start ? "blank" : "record";
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
  // The closing quote lies before this position, or the cell is flawed.
  const limit = Math.min(end, open + maxQuotedCellBytes + 1);
  let from = open + 1;
  for (;;) {
    let quote = from;
    const near = Math.max(from, Math.min(limit, from + nearBytes));
    while (quote < near && bytes[quote] !== quoteMark) quote++;
    if (quote === near) {
      const found = bytes.subarray(near, limit).indexOf(quoteMark);
      if (found === -1) return limit < end || isLast || end - open > maxQuotedCellBytes ? quoteFlawed : quoteIncomplete;
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

/** Names in a header, without the blanks around them; where two are the same the first one counts. */
export function headerNames(bytes: Uint8Array, start: number, textEnd: number, dialect: CsvDialect): string[] {
  return recordCells(bytes, start, textEnd, dialect).map((name) => name.trim());
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
