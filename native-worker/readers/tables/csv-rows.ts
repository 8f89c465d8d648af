import { isUtf8 } from "node:buffer";
import { carriageReturn, lineFeed, maxRecordBytes, quoteMark } from "../../../electron/contract/tables/csv.ts";
import { exactPowersOfTen, storeLongNumber } from "./csv-numbers.ts";
import { cellNumber, ignoreCell, type RecordParser, takeExactNumber, takeNumber, takeText } from "./csv-record.ts";
import type { DirectRows } from "./row-sources.ts";
import { keepCell } from "./kept-cells.ts";
import { plainText } from "./row-sources.ts";

/** How the plain rows of one file are taken; made once a part. */
export type PlainRows = {
  readonly parser: RecordParser;
  readonly direct: DirectRows;
  /** One a column of the file and one more: where the run of columns ends that are numbers and nothing else; 0 outside a run. */
  readonly numberRun: Int32Array;
  /** One a column of the file: `direct.places`, `direct.strides` and `direct.kept` of its source. */
  readonly places: Int32Array;
  readonly strides: Int32Array;
  readonly kept: readonly DirectRows["kept"][number][];
  /** Where the first row starts that was not taken. */
  next: number;
};

export function createPlainRows(parser: RecordParser, direct: DirectRows): PlainRows {
  const { columnCount, sourceOf, actions } = parser;
  const bySource = (values: Int32Array) => Int32Array.from(sourceOf, (source) => values[source] ?? -1);
  const numberRun = new Int32Array(columnCount + 1);
  for (let column = columnCount - 1; column >= 0; column--) {
    const action = actions[column] as number;
    if ((action & takeNumber) !== 0 && (action & takeText) === 0) {
      numberRun[column] = numberRun[column + 1] || column + 1;
    }
  }
  const kept = Array.from(sourceOf, (source) => direct.kept[source] ?? null);
  return {
    parser,
    direct,
    numberRun,
    places: bySource(direct.places),
    strides: bySource(direct.strides),
    kept,
    next: 0,
  };
}

const minus = 0x2d;
const zero = 0x30;
/** Digits that fit a 32-bit integer, whatever they are. */
const quickDigits = 9;

/** 10^n at n, −10^n at 16 + n: dividing by these gives a number its point and its sign, minus zero included. */
const signedPowers = Float64Array.from({ length: 32 }, (_, index) => {
  const power = exactPowersOfTen[index & 15] as number;
  return index < 16 ? power : -power;
});

/**
 * Takes rows that start at `start`, at most `maxRows`, as rows `firstRow`, … of the block, and answers how many. It
 * stops before the first row that is not plain, be it wrong, unusual or not whole in the window; nothing of such a row
 * counts. `bytes[end]` must be a line feed; `words` is a view of the same bytes.
 *
 * Nearly all time of reading is spent here, which is why it looks as it does: one function without a call or an object
 * on its usual way, integers of 32 bits, no branch on a sign (no processor guesses signs), four digits at a time.
 */
export function takePlainRows(
  plain: PlainRows,
  bytes: Buffer,
  words: DataView,
  start: number,
  end: number,
  firstRow: number,
  maxRows: number,
): number {
  const { parser, numberRun, places, strides, kept } = plain;
  const { columnCount, delimiter, decimal: point, isTranscoded, actions, sourceOf, numbers } = parser;
  const { values, takeRest } = plain.direct;
  const lastWord = words.byteLength - 4;
  const rowsEnd = firstRow + maxRows;
  let row = firstRow;
  let rowStart = start;
  rows: while (row < rowsEnd && rowStart < end) {
    let at = rowStart;
    let column = 0;
    let byte = delimiter;
    let textLimit = at;
    while (byte === delimiter) {
      const runEnd = numberRun[column] as number;
      while (column < runEnd) {
        const cellStart = at;
        // 1 for a minus, 0 for anything else.
        const isNegative = (((bytes[at] as number) ^ minus) - 1) >>> 31;
        at += isNegative;
        let digits = -at;
        let fraction = 0;
        let mantissa = 0;
        byte = bytes[at] as number;
        let digit = byte - zero;
        while (digit >>> 0 <= 9) {
          mantissa = (Math.imul(mantissa, 10) + digit) | 0;
          byte = bytes[++at] as number;
          digit = byte - zero;
        }
        if (byte === point) {
          at++;
          digits--;
          fraction = -at;
          if (at <= lastWord) {
            // Four digits, first in the lowest byte: a byte that is none leaves a high bit set in one of the two terms.
            const word = words.getInt32(at, true);
            const four = (word - 0x30303030) | 0;
            if ((((word + 0x46464646) | four) & 0x80808080) === 0) {
              const pairs = (Math.imul(four, 10) + (four >>> 8)) | 0;
              mantissa = (Math.imul(mantissa, 10000) + Math.imul(pairs & 0xff, 100) + ((pairs >>> 16) & 0xff)) | 0;
              at += 4;
            }
          }
          byte = bytes[at] as number;
          digit = byte - zero;
          while (digit >>> 0 <= 9) {
            mantissa = (Math.imul(mantissa, 10) + digit) | 0;
            byte = bytes[++at] as number;
            digit = byte - zero;
          }
          fraction += at;
        }
        digits += at;
        const place = places[column] as number;
        const to = place + Math.imul(strides[column] as number, row);
        textLimit = at;
        if (byte === carriageReturn && bytes[at + 1] === lineFeed) byte = bytes[++at] as number;
        if ((digits - 1) >>> 0 < quickDigits && (byte === delimiter || byte === lineFeed)) {
          const value = mantissa / (signedPowers[(isNegative << 4) | fraction] as number);
          if (place >= 0) values[to] = value;
          else numbers[sourceOf[column] as number] = value;
        } else if (digits > quickDigits && place >= 0 && (byte === delimiter || byte === lineFeed)) {
          storeLongNumber(values, to, bytes, cellStart + isNegative, textLimit, isNegative === 1);
        } else {
          // A number of another shape.
          at = cellStart;
          byte = bytes[at] as number;
          while (byte !== delimiter && byte !== lineFeed) byte = bytes[++at] as number;
          textLimit = at;
          if (byte === lineFeed) while (textLimit > cellStart && bytes[textLimit - 1] === carriageReturn) textLimit--;
          const isExact = ((actions[column] as number) & takeExactNumber) !== 0;
          const value = cellNumber(parser, sourceOf[column] as number, bytes, cellStart, textLimit, isExact);
          if (value === undefined) break rows;
          if (place >= 0) values[to] = value;
          else numbers[sourceOf[column] as number] = value;
        }
        at++;
        column++;
        if (byte === lineFeed) break;
      }
      if (byte === lineFeed) break;
      if (column >= columnCount) break rows;

      const action = actions[column] as number;
      let cellStart = at;
      let cellEnd: number;
      let seen = 0;
      byte = bytes[at] as number;
      if (byte === quoteMark) {
        // Quoted, with no quote inside.
        cellStart = ++at;
        byte = bytes[at] as number;
        while (byte !== quoteMark) {
          if (at >= end) break rows;
          seen |= byte;
          byte = bytes[++at] as number;
        }
        cellEnd = at;
        byte = bytes[++at] as number;
        textLimit = at;
        if (byte === carriageReturn) {
          while (byte === carriageReturn) byte = bytes[++at] as number;
          if (byte !== lineFeed) break rows;
        }
        if (byte !== delimiter && byte !== lineFeed) break rows;
      } else {
        while (byte !== delimiter && byte !== lineFeed) {
          seen |= byte;
          byte = bytes[++at] as number;
        }
        cellEnd = at;
        if (byte === lineFeed) while (cellEnd > cellStart && bytes[cellEnd - 1] === carriageReturn) cellEnd--;
        textLimit = cellEnd;
      }
      if (action !== ignoreCell) {
        const source = sourceOf[column] as number;
        if ((action & takeNumber) !== 0) {
          const value = cellNumber(parser, source, bytes, cellStart, cellEnd, (action & takeExactNumber) !== 0);
          if (value === undefined) break rows;
          const place = places[column] as number;
          if (place >= 0) values[place + Math.imul(strides[column] as number, row)] = value;
          else numbers[source] = value;
        }
        if ((action & takeText) !== 0) {
          parser.textStart[source] = cellStart;
          parser.textEnd[source] = cellEnd;
          parser.textKind[source] = plainText;
          const cells = kept[column];
          if (cells) {
            // Plain ASCII, as most texts are, is UTF-8.
            if (seen >= 0x80 && (isTranscoded || !isUtf8(bytes.subarray(cellStart, cellEnd)))) break rows;
            keepCell(cells, row, bytes, cellStart, cellEnd);
          }
        }
      }
      at++;
      column++;
    }
    if (column !== columnCount || at > end || textLimit === rowStart || at - 1 - rowStart > maxRecordBytes) break;
    if (takeRest !== null && !takeRest(row)) break;
    row++;
    rowStart = at;
  }
  plain.next = rowStart;
  return row - firstRow;
}
