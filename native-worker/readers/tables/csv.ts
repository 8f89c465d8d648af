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
  recordCells,
  scanRecord,
  setScannerWindow,
} from "../../../electron/contract/tables/csv.ts";
import { isMissing } from "../../../electron/contract/tables/cell-values.ts";
import type { MissingWords } from "../../../electron/contract/tables/missing.ts";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import {
  parseRecord,
  type RecordParser,
  recordFlawed,
  recordIncomplete,
  takeExactNumber,
  takeNumber,
  takeText,
} from "./csv-record.ts";
import { createPlainRows, takePlainRows } from "./csv-rows.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import { type ByteWindow, readOn } from "./tabular-window.ts";
import { createTextCursor, readTextBlocks, type TextCursor } from "./text-blocks.ts";
import { type CellFault, faultMessage, unfitHeader, wantsNumber } from "./row-sources.ts";
import type { RowCollector } from "./row-collector.ts";

/** How much of a broken row is shown in errors.csv. */
const shownBytes = 1000;

/**
 * Reads records of delimited text. One pass over the bytes finds cells, converts numbers and copies texts: many plain
 * rows at once by `takePlainRows`, any other one by `parseRecord`. A flawed or overlong record is left to `scanRecord`,
 * the definition that the splitter uses too.
 */
export function createCsvReader(
  collector: RowCollector,
  wanted: TabularPart,
  window: ByteWindow,
  dialect: CsvDialect,
): RecordReader {
  const { sources, constants } = collector;
  sources.dialect = dialect;
  const numberWanted = dialect.decimal === "," ? "a number with a decimal comma" : wantsNumber;
  const header = readOwnHeader(window.file, wanted.part.start, dialect);
  const unfit = unfitHeader(
    sources.names.filter((_, source) => !constants.has(source)),
    header,
  );
  const columnCount = header.length;
  const parser = createParser(collector, header, dialect);
  const scanner = createRecordScanner(dialect, (block, at) => readOn(window, block, at));
  const { range, leaveOut } = wanted;
  const plain = createPlainRows(parser, collector.direct);
  const isEveryItemWanted = leaveOut.size === 0 && unfit === null && constants.fault() === null;
  let words = new DataView(window.bytes.buffer, window.bytes.byteOffset, window.bytes.length);
  const cursor = createTextCursor();
  setScannerWindow(scanner, window.bytes, window.length, window.isLast);

  const show = (): void => {
    setScannerWindow(scanner, window.bytes, window.length, window.isLast);
    sources.textBytes.fill(window.bytes);
    constants.put();
    words = new DataView(window.bytes.buffer, window.bytes.byteOffset, window.bytes.length);
  };

  const { failCell, failRecord } = createFailures(collector, parser, window, cursor, dialect);

  /** Takes the record at `start` as the scanner finds it; false when the window must move first. */
  const takeScanned = (start: number, isReported: boolean): boolean => {
    const outcome = scanRecord(scanner, start);
    if (outcome === "incomplete") return false;
    if (outcome === "blank") {
      cursor.at = scanner.next;
      return true;
    }
    if (outcome === "overlong") {
      if (isReported) failRecord(start, window.length, "row-too-long", tooLong);
      cursor.rest = scanner.rest;
      cursor.at = scanner.next;
    } else {
      cursor.at = scanner.next;
      if (isReported) {
        if (scanner.flaw === "row-too-long") failRecord(start, scanner.textEnd, "row-too-long", tooLong);
        else if (scanner.flaw === "row-quote") failRecord(start, scanner.textEnd, "row-quote", badQuote);
        else if (unfit !== null) failRecord(start, start, unfit.code, unfit.message);
        else throw new Error("A record without a flaw was not read.");
      }
    }
    cursor.item += 1;
    return true;
  };

  /**
   * Reads records up to item `until`, as far as the window goes: a record that does not end in it waits until the window
   * has moved.
   */
  const readRecords = (until: number): void => {
    const { bytes, length: end, isLast } = window;
    while (cursor.item < until) {
      if (isEveryItemWanted && cursor.item >= range.start) {
        const taken = takePlainRows(plain, bytes, words, cursor.at, end, collector.rowCount(), until - cursor.item);
        collector.addDirect(cursor.item, taken);
        cursor.item += taken;
        cursor.at = plain.next;
        if (cursor.item === until) return;
      }
      if (cursor.at >= end) return;
      const start = cursor.at;
      const isWanted = cursor.item >= range.start && !leaveOut.has(cursor.item);
      if (!isWanted || unfit !== null) {
        if (!takeScanned(start, isWanted)) return;
        if (cursor.rest !== null) return;
        continue;
      }

      // A blank line is no record.
      let lineEnd = start;
      while (bytes[lineEnd] === carriageReturn) lineEnd++;
      if (bytes[lineEnd] === lineFeed && lineEnd - start <= maxRecordBytes) {
        if (lineEnd === end && !isLast) return;
        cursor.at = Math.min(end, lineEnd + 1);
        continue;
      }

      const recordEnd = parseRecord(parser, bytes, start, end, isLast);
      if (recordEnd === recordFlawed || (recordEnd === recordIncomplete ? end : recordEnd) - start > maxRecordBytes) {
        if (!takeScanned(start, true) || cursor.rest !== null) return;
        continue;
      }
      if (recordEnd === recordIncomplete) return;

      const { cells, textLimit, badColumn } = parser;
      if (cells !== columnCount) {
        failRecord(start, textLimit, "row-ragged", `The row has ${count(cells)}; the header has ${columnCount}.`);
      } else if (badColumn !== -1) {
        const source = parser.sourceOf[badColumn] as number;
        failCell(start, textLimit, { source, code: "cell-not-a-number", wants: numberWanted });
      } else {
        const fault = collector.take(cursor.item);
        if (fault !== null) failCell(start, textLimit, fault);
      }
      cursor.at = Math.min(end, recordEnd + 1);
      cursor.item += 1;
    }
  };

  return readTextBlocks(collector, wanted, window, cursor, scanner, readRecords, show);
}

/** Record what is wrong with the record that the cursor is at, which lies in `window.bytes[start..end)`. */
function createFailures(
  collector: RowCollector,
  parser: RecordParser,
  window: ByteWindow,
  cursor: TextCursor,
  dialect: CsvDialect,
) {
  const failCell = (start: number, end: number, fault: CellFault): void => {
    const column = parser.sourceOf.indexOf(fault.source);
    const raw =
      collector.constants.textOf(fault.source) ?? recordCells(window.bytes, start, end, dialect)[column] ?? "";
    const { code, message } = faultMessage(fault, collector.sources, raw);
    collector.fail(cursor.item, code, message, raw);
  };

  const failRecord = (start: number, end: number, code: ItemErrorCode, message: string): void => {
    const shown = window.bytes.subarray(start, Math.min(end, start + shownBytes));
    collector.fail(cursor.item, code, message, decodeText(shown, dialect.encoding));
  };

  return { failCell, failRecord };
}

function createParser(collector: RowCollector, header: readonly string[], dialect: CsvDialect): RecordParser {
  const { sources } = collector;
  const sourceOf = new Int32Array(header.length).fill(-1);
  const actions = new Uint8Array(header.length);
  for (const [source, name] of sources.names.entries()) {
    const column = collector.constants.has(source) ? -1 : header.indexOf(name);
    if (column === -1) continue;
    sourceOf[column] = source;
    actions[column] =
      (sources.needsNumber[source] ? takeNumber : 0) |
      (sources.needsText[source] ? takeText : 0) |
      (sources.needsExact[source] ? takeExactNumber : 0);
  }
  return {
    delimiter: dialect.delimiter.charCodeAt(0),
    decimal: dialect.decimal.charCodeAt(0),
    isTranscoded: dialect.encoding !== "utf-8",
    columnCount: header.length,
    actions,
    sourceOf,
    numbers: sources.numbers,
    textStart: sources.textStart,
    textEnd: sources.textEnd,
    textKind: sources.textKind,
    missingNumbers: sources.missingNumbers,
    isNoValue: noValueTest(sources.missingWords, dialect),
    cells: 0,
    textLimit: 0,
    badColumn: -1,
  };
}

/** Whether bytes stand for no value. The usual words are ASCII, so that no text need be decoded for them. */
function noValueTest(words: MissingWords, { encoding, decimal }: CsvDialect): RecordParser["isNoValue"] {
  if (words.isUsual) return (bytes, start, end) => isMissing(bytes.toString("latin1", start, end));
  return (bytes, start, end) => words.isNoValue(decodeText(bytes.subarray(start, end), encoding), decimal);
}

const tooLong = "The row is longer than 64 MiB.";
const badQuote = "A quoted cell of this line is not closed by a quote before a delimiter or a line end.";

function count(cells: number): string {
  return cells === 1 ? "1 cell" : `${cells} cells`;
}

type KnownHeader = { readonly identity: string; readonly names: readonly string[] };
let lastHeader: KnownHeader | null = null;

/**
 * Names of the columns of a delimited file, which stand somewhere before `dataStart`. The last file's are remembered:
 * its slices mostly come one after another.
 */
function readOwnHeader(file: number, dataStart: number, dialect: CsvDialect): readonly string[] {
  const stats = fstatSync(file);
  const { delimiter, encoding, headerStart } = dialect;
  const { dev, ino, size, mtimeMs } = stats;
  const identity = [dev, ino, size, mtimeMs, delimiter, encoding, headerStart].join(":");
  if (lastHeader?.identity === identity) return lastHeader.names;
  const names = parseHeader(file, dataStart, dialect);
  lastHeader = { identity, names };
  return names;
}

function parseHeader(file: number, dataStart: number, dialect: CsvDialect): readonly string[] {
  const scanner = createRecordScanner(dialect);
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
    let at = Math.max(byteOrderMarkLength(bytes), dialect.headerStart);
    while (at < length) {
      const outcome = scanRecord(scanner, at);
      if (outcome === "record" && scanner.flaw === null) return headerNames(bytes, at, scanner.textEnd, dialect);
      if (outcome !== "blank") break;
      at = scanner.next;
    }
    if (isLast) return [];
    size *= 4;
  }
}
