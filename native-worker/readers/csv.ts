import { fstatSync, readSync } from "node:fs";
import {
  byteOrderMarkLength,
  type CsvDialect,
  carriageReturn,
  createRecordScanner,
  decodeText,
  headerNames,
  lineFeed,
  maxRecordBytes,
  quotedCellEnd,
  quoteFlawed,
  quoteIncomplete,
  quoteMark,
  recordCells,
  scanRecord,
  setScannerWindow,
} from "../../electron/contract/csv.ts";
import type { ItemErrorCode } from "../../electron/contract/item-error.ts";
import { exactPowersOfTen, numberFromBytes } from "./csv-numbers.ts";
import { changed } from "./source-file.ts";
import type { RecordReader, TabularPart } from "./tabular.ts";
import {
  type CellFault,
  doubledQuotes,
  faultMessage,
  plainText,
  type RowCollector,
  wantsNumber,
} from "./tabular-rows.ts";
import { type ByteWindow, moveWindow } from "./tabular-window.ts";

/** What is done with a column's cell. */
const ignore = 0;
const takeNumber = 1;
const takeText = 2;
const takeExactNumber = 4;

/** Digits that fit a 32-bit integer, whatever they are. */
const quickDigits = 9;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;

/** How much of a broken row is shown in errors.csv. */
const shownBytes = 1000;

/**
 * Reads records of delimited text. One pass over the bytes finds cells, converts numbers and copies texts; whatever is
 * not plain (a flawed or overlong record) is left to `scanRecord`, the definition that the splitter uses too.
 */
export function createCsvReader(
  collector: RowCollector,
  wanted: TabularPart,
  window: ByteWindow,
  dialect: CsvDialect,
): RecordReader {
  const { sources } = collector;
  const { numbers, textBytes, textStart, textEnd, textKind } = sources;
  const delimiter = dialect.delimiter.charCodeAt(0);
  const header = readOwnHeader(window.file, wanted.part.start, dialect);
  const missingColumns = sources.names.filter((name) => !header.includes(name));
  const columnCount = header.length;
  const sourceOf = new Int32Array(columnCount).fill(-1);
  const actions = new Uint8Array(columnCount);
  for (const [source, name] of sources.names.entries()) {
    const column = header.indexOf(name);
    if (column === -1) continue;
    sourceOf[column] = source;
    actions[column] =
      (sources.needsNumber[source] ? takeNumber : 0) |
      (sources.needsText[source] ? takeText : 0) |
      (sources.needsExact[source] ? takeExactNumber : 0);
  }
  const scanner = createRecordScanner(dialect);
  const { range, leaveOut } = wanted;
  const isEveryItemWanted = leaveOut.size === 0;
  let at = 0;
  let item = 0;
  let isSkippingLine = false;
  setScannerWindow(scanner, window.bytes, window.length, window.isLast);

  const refill = (from: number): void => {
    moveWindow(window, from);
    setScannerWindow(scanner, window.bytes, window.length, window.isLast);
    at = 0;
  };

  const rawCell = (start: number, end: number, column: number): string =>
    recordCells(window.bytes, start, end, delimiter)[column] ?? "";

  const failCell = (start: number, end: number, fault: CellFault): void => {
    const raw = rawCell(start, end, sourceOf.indexOf(fault.source));
    const { code, message } = faultMessage(fault, sources.names[fault.source] as string, raw);
    collector.fail(item, code, message, raw);
  };

  const failRecord = (start: number, end: number, code: ItemErrorCode, message: string): void => {
    collector.fail(item, code, message, decodeText(window.bytes.subarray(start, Math.min(end, start + shownBytes))));
  };

  /** Takes the record at `start` as the scanner finds it; false when the window must move first. */
  const takeScanned = (start: number, isReported: boolean): boolean => {
    const outcome = scanRecord(scanner, start);
    if (outcome === "incomplete") return false;
    if (outcome === "blank") {
      at = scanner.next;
      return true;
    }
    if (outcome === "overlong") {
      if (isReported) failRecord(start, window.length, "row-too-long", tooLong);
      isSkippingLine = true;
      at = window.length;
    } else {
      at = scanner.next;
      if (isReported) {
        if (scanner.flaw === "row-too-long") failRecord(start, scanner.textEnd, "row-too-long", tooLong);
        else if (scanner.flaw === "row-quote") failRecord(start, scanner.textEnd, "row-quote", badQuote);
        else if (missingColumns.length > 0) failRecord(start, start, "column-missing", lacksColumns(missingColumns));
        else throw new Error("A record without a flaw was not read.");
      }
    }
    item += 1;
    return true;
  };

  /**
   * Reads records up to item `until`, as far as the window goes. False: the window must move; `at` is where the
   * record starts that does not end in it.
   */
  const readRecords = (until: number): boolean => {
    const { bytes, length: end, isLast } = window;
    while (item < until) {
      if (at >= end) return false;
      const start = at;
      const isWanted = item >= range.start && (isEveryItemWanted || !leaveOut.has(item));
      if (!isWanted || missingColumns.length > 0) {
        if (!takeScanned(start, isWanted)) return false;
        if (isSkippingLine) return false;
        continue;
      }

      let position = start;
      let byte = bytes[position] as number;
      // A blank line is no record.
      if (byte === lineFeed) {
        at = start + 1;
        continue;
      }
      if (byte === carriageReturn && bytes[position + 1] === lineFeed) {
        if (position + 1 === end && !isLast) return false;
        at = Math.min(end, position + 2);
        continue;
      }

      let column = 0;
      let badColumn = -1;
      let isPlain = true;
      let isComplete = true;
      let textLimit = 0;
      for (;;) {
        const action = column < columnCount ? (actions[column] as number) : ignore;
        let cellStart = position;
        let cellEnd: number;
        let kind = plainText;
        if (byte === quoteMark) {
          const closed = quotedCellEnd(bytes, position, end, isLast, delimiter);
          if (closed === quoteIncomplete) {
            isComplete = false;
            break;
          }
          if (closed === quoteFlawed) {
            isPlain = false;
            break;
          }
          cellStart = position + 1;
          cellEnd = closed - 1;
          kind = doubledQuotes;
          position = closed;
          byte = bytes[position] as number;
          textLimit = position;
          if (byte === carriageReturn) byte = bytes[++position] as number;
        } else if (action === takeNumber || action === (takeNumber | takeExactNumber)) {
          // The usual number: a sign, up to nine digits, a point somewhere.
          const isNegative = byte === minus;
          if (isNegative) byte = bytes[++position] as number;
          const digitsStart = position;
          let mantissa = 0;
          let fraction = 0;
          let digit = byte - zero;
          while (digit >= 0 && digit <= 9) {
            mantissa = (Math.imul(mantissa, 10) + digit) | 0;
            byte = bytes[++position] as number;
            digit = byte - zero;
          }
          let digits = position - digitsStart;
          if (byte === point) {
            byte = bytes[++position] as number;
            const fractionStart = position;
            digit = byte - zero;
            while (digit >= 0 && digit <= 9) {
              mantissa = (Math.imul(mantissa, 10) + digit) | 0;
              byte = bytes[++position] as number;
              digit = byte - zero;
            }
            fraction = position - fractionStart;
            digits += fraction;
          }
          textLimit = position;
          if (byte === carriageReturn && bytes[position + 1] === lineFeed) byte = bytes[++position] as number;
          if ((byte === delimiter || byte === lineFeed) && digits > 0 && digits <= quickDigits) {
            const value = mantissa / (exactPowersOfTen[fraction] as number);
            numbers[sourceOf[column] as number] = isNegative ? -value : value;
            column++;
            if (byte === delimiter) {
              byte = bytes[++position] as number;
              continue;
            }
            break;
          }
          while (byte !== delimiter && byte !== lineFeed) byte = bytes[++position] as number;
          cellEnd = position;
        } else {
          while (byte !== delimiter && byte !== lineFeed) byte = bytes[++position] as number;
          cellEnd = position;
        }
        if (kind === plainText) {
          if (byte === lineFeed && cellEnd > cellStart && bytes[cellEnd - 1] === carriageReturn) cellEnd--;
          textLimit = cellEnd;
        }
        if (action !== ignore) {
          const source = sourceOf[column] as number;
          if ((action & takeNumber) !== 0) {
            let value = numberFromBytes(bytes, cellStart, cellEnd, (action & takeExactNumber) !== 0);
            if (
              value === undefined &&
              collector.missingNumber !== undefined &&
              isBlankText(bytes, cellStart, cellEnd)
            ) {
              value = collector.missingNumber;
            }
            if (value !== undefined) numbers[source] = value;
            else if (badColumn === -1) badColumn = column;
          }
          if ((action & takeText) !== 0) {
            textBytes[source] = bytes;
            textStart[source] = cellStart;
            textEnd[source] = cellEnd;
            textKind[source] = kind;
          }
        }
        column++;
        if (byte !== delimiter) break;
        byte = bytes[++position] as number;
      }

      if (isComplete && isPlain && position >= end && !isLast) isComplete = false;
      if (isComplete && position - start > maxRecordBytes) isPlain = false;
      if (!isComplete && end - start > maxRecordBytes) isPlain = false;
      if (!isPlain) {
        if (!takeScanned(start, true) || isSkippingLine) return false;
        continue;
      }
      if (!isComplete) return false;

      if (column !== columnCount) {
        failRecord(start, textLimit, "row-ragged", `The row has ${count(column)}; the header has ${columnCount}.`);
      } else if (badColumn !== -1) {
        const source = sourceOf[badColumn] as number;
        failCell(start, textLimit, { source, code: "cell-not-a-number", wants: wantsNumber });
      } else {
        const fault = collector.take(item);
        if (fault !== null) failCell(start, textLimit, fault);
      }
      at = Math.min(end, position + 1);
      item += 1;
    }
    return true;
  };

  /** Moves on to item `until`; false when the piece of the file ended before it. */
  const advance = (until: number): boolean => {
    while (item < until) {
      if (isSkippingLine) {
        const found = window.bytes.indexOf(lineFeed, at);
        const isFound = found !== -1 && found < window.length;
        isSkippingLine = !isFound;
        at = isFound ? found + 1 : window.length;
      }
      if (!isSkippingLine && readRecords(until)) return true;
      if (window.isLast && at >= window.length) return false;
      refill(at);
    }
    return true;
  };

  return {
    async readBlock() {
      if (item >= range.end) return null;
      if (item < range.start && !advance(range.start)) return changed;
      const firstItem = item;
      const until = Math.min(range.end, firstItem + collector.capacity);
      collector.start(firstItem, wanted.part.firstRow + firstItem);
      if (!advance(until) || window.isShort) return changed;
      return collector.finish(until - firstItem);
    },
    close: async () => undefined,
  };
}

const tooLong = "The row is longer than 64 MiB.";
const badQuote = "A quoted cell of this line is not closed by a quote before a delimiter or a line end.";

function lacksColumns(names: readonly string[]): string {
  const list = names.map((name) => `"${name}"`).join(", ");
  return `The file has no column ${list}.`.replace(/\s+/g, " ");
}

function count(cells: number): string {
  return cells === 1 ? "1 cell" : `${cells} cells`;
}

function isBlankText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0x20 && bytes[at] !== 0x09) return false;
  return true;
}

type KnownHeader = { readonly identity: string; readonly names: readonly string[] };
let lastHeader: KnownHeader | null = null;

/**
 * Names of the columns of a delimited file, which stand somewhere before `dataStart`. The last file's are remembered:
 * its slices mostly come one after another.
 */
function readOwnHeader(file: number, dataStart: number, dialect: CsvDialect): readonly string[] {
  const stats = fstatSync(file);
  const identity = [stats.dev, stats.ino, stats.size, stats.mtimeMs, dialect.delimiter].join(":");
  if (lastHeader?.identity === identity) return lastHeader.names;
  const names = parseHeader(file, dataStart, dialect);
  lastHeader = { identity, names };
  return names;
}

function parseHeader(file: number, dataStart: number, dialect: CsvDialect): readonly string[] {
  const scanner = createRecordScanner(dialect);
  const delimiter = dialect.delimiter.charCodeAt(0);
  let size = 64 * 1024;
  for (;;) {
    const bytes = Buffer.alloc(Math.min(size, dataStart));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    const isLast = length >= dataStart || length < bytes.length;
    setScannerWindow(scanner, bytes, length, isLast);
    let at = byteOrderMarkLength(bytes);
    while (at < length) {
      const outcome = scanRecord(scanner, at);
      if (outcome === "record" && scanner.flaw === null) return headerNames(bytes, at, scanner.textEnd, delimiter);
      if (outcome !== "blank") break;
      at = scanner.next;
    }
    if (isLast) return [];
    size *= 4;
  }
}
