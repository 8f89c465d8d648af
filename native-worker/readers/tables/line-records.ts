import {
  type CsvDialect,
  decodeText,
  createRecordScanner,
  scanRecord,
  setScannerWindow,
} from "../../../electron/contract/tables/csv.ts";
import type { ItemErrorCode } from "../../../electron/contract/item-error.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import type { RowCollector } from "./row-collector.ts";
import type { ByteWindow } from "./tabular-window.ts";
import { createTextCursor, readTextBlocks } from "./text-blocks.ts";

/** How much of a broken line is shown in errors.csv. */
const shownBytes = 1000;

/** What is wrong with a line as a whole. */
export type LineFault = { readonly code: ItemErrorCode; readonly message: string };

/**
 * Reads records that are one line each, wherever they end for the splitter of files too; an empty line is none. `takeLine`
 * takes the line `window.bytes[start..end)` as an item.
 */
export function createLineReader(
  collector: RowCollector,
  wanted: TabularPart,
  window: ByteWindow,
  encoding: CsvDialect["encoding"],
  tooLong: string,
  takeLine: (item: number, start: number, end: number) => LineFault | null,
): RecordReader {
  const scanner = createRecordScanner(null);
  const { range, leaveOut } = wanted;
  const cursor = createTextCursor();
  const show = (): void => setScannerWindow(scanner, window.bytes, window.length, window.isLast);
  show();

  const fail = (start: number, end: number, { code, message }: LineFault): void => {
    const shown = window.bytes.subarray(start, Math.min(end, start + shownBytes));
    collector.fail(cursor.item, code, message, decodeText(shown, encoding));
  };

  const readRecords = (until: number): void => {
    while (cursor.item < until && cursor.at < window.length) {
      const start = cursor.at;
      const outcome = scanRecord(scanner, start);
      if (outcome === "incomplete") return;
      cursor.at = scanner.next;
      if (outcome === "blank") continue;
      if (cursor.item >= range.start && !leaveOut.has(cursor.item)) {
        if (outcome === "overlong" || scanner.flaw !== null) {
          fail(start, window.length, { code: "row-too-long", message: tooLong });
        } else {
          const fault = takeLine(cursor.item, start, scanner.textEnd);
          if (fault !== null) fail(start, scanner.textEnd, fault);
        }
      }
      cursor.item += 1;
      if (outcome === "overlong") {
        cursor.rest = scanner.rest;
        return;
      }
    }
  };

  return readTextBlocks(collector, wanted, window, cursor, scanner, readRecords, show);
}
