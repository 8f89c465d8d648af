import {
  carriageReturn,
  lineFeed,
  quotedCellEnd,
  quoteFlawed,
  quoteIncomplete,
  quoteMark,
} from "../../../electron/contract/tables/csv.ts";
import { numberFromBytes } from "./csv-numbers.ts";
import { doubledQuotes, plainText } from "./row-sources.ts";

/** What is done with a column's cell; numbers may be added up. */
export const ignoreCell = 0;
export const takeNumber = 1;
export const takeText = 2;
export const takeExactNumber = 4;

/** What a file's columns are, and what the record that was parsed last has. */
export type RecordParser = {
  readonly delimiter: number;
  /** The byte of the decimal mark. */
  readonly decimal: number;
  /** Text beyond ASCII is not taken as it stands. */
  readonly isTranscoded: boolean;
  readonly columnCount: number;
  /** One a column of the file. */
  readonly actions: Uint8Array;
  /** The place that a column's cell is put to, one a column of the file. */
  readonly sourceOf: Int32Array;
  /** One a place. */
  readonly numbers: Float64Array;
  readonly textStart: Float64Array;
  readonly textEnd: Float64Array;
  readonly textKind: Uint8Array;
  /** The number of a cell without a value, one a place; undefined when there is none. */
  readonly missingNumbers: readonly (number | undefined)[];
  readonly isNoValue: (bytes: Buffer, start: number, end: number) => boolean;
  /** Cells of the record. */
  cells: number;
  /** Where its text ends, line end excluded. */
  textLimit: number;
  /** The first column whose cell is not the number that it should be, -1 when there is none. */
  badColumn: number;
};

/** The record reaches beyond the window. */
export const recordIncomplete = -1;
/** A quoted cell is not closed as it should be. */
export const recordFlawed = -2;

/**
 * Parses the record that starts at `start` (not at a blank line), whatever it looks like, and answers where its line
 * feed is, which is `end` when the file ends without one. `bytes[end]` must be a line feed: every loop over a cell ends
 * there at the latest. Plain rows do not come this way (`takePlainRows`), so nothing is done for speed.
 */
export function parseRecord(parser: RecordParser, bytes: Buffer, start: number, end: number, isLast: boolean): number {
  const { delimiter, columnCount, actions, sourceOf, numbers } = parser;
  let position = start;
  let column = 0;
  let textLimit = start;
  let badColumn = -1;
  for (;;) {
    const action = column < columnCount ? (actions[column] as number) : ignoreCell;
    let byte = bytes[position] as number;
    let cellStart = position;
    let cellEnd: number;
    let kind = plainText;
    if (byte === quoteMark) {
      const closed = quotedCellEnd(bytes, position, end, isLast, delimiter);
      if (closed === quoteIncomplete) return recordIncomplete;
      if (closed === quoteFlawed) return recordFlawed;
      cellStart = position + 1;
      cellEnd = closed - 1;
      kind = doubledQuotes;
      position = closed;
      textLimit = closed;
      byte = bytes[position] as number;
      while (byte === carriageReturn) byte = bytes[++position] as number;
    } else {
      while (byte !== delimiter && byte !== lineFeed) byte = bytes[++position] as number;
      cellEnd = position;
      if (byte === lineFeed) while (cellEnd > cellStart && bytes[cellEnd - 1] === carriageReturn) cellEnd--;
      textLimit = cellEnd;
    }
    if (action !== ignoreCell) {
      const source = sourceOf[column] as number;
      if ((action & takeNumber) !== 0) {
        const value = cellNumber(parser, source, bytes, cellStart, cellEnd, (action & takeExactNumber) !== 0);
        if (value !== undefined) numbers[source] = value;
        else if (badColumn === -1) badColumn = column;
      }
      if ((action & takeText) !== 0) {
        parser.textStart[source] = cellStart;
        parser.textEnd[source] = cellEnd;
        parser.textKind[source] = kind;
      }
    }
    column++;
    if (byte !== delimiter) break;
    position++;
  }
  if (position >= end && !isLast) return recordIncomplete;
  parser.cells = column;
  parser.textLimit = textLimit;
  parser.badColumn = badColumn;
  return position;
}

/** The number of a cell, which may be the one of a cell without a value; undefined when it is none. */
export function cellNumber(
  parser: RecordParser,
  source: number,
  bytes: Buffer,
  start: number,
  end: number,
  isExact: boolean,
): number | undefined {
  const value =
    parser.decimal === point
      ? numberFromBytes(bytes, start, end, isExact)
      : numberFromCommaBytes(bytes, start, end, isExact);
  if (value !== undefined) return value;
  const missing = parser.missingNumbers[source];
  return missing !== undefined && parser.isNoValue(bytes, start, end) ? missing : undefined;
}

const point = 0x2e;
const comma = 0x2c;

/** The two marks change places in a copy: a comma becomes the point, and a point becomes what no number may hold. */
function numberFromCommaBytes(bytes: Buffer, start: number, end: number, isExact: boolean): number | undefined {
  const swapped = Buffer.from(bytes.subarray(start, end));
  for (let at = 0; at < swapped.length; at++) {
    if (swapped[at] === comma) swapped[at] = point;
    else if (swapped[at] === point) swapped[at] = comma;
  }
  return numberFromBytes(swapped, 0, swapped.length, isExact);
}
