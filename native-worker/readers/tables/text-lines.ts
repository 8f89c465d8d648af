import type { CsvDialect } from "../../../electron/contract/tables/csv.ts";
import {
  createRecordScanner,
  decodeText,
  scanRecord,
  setScannerWindow,
} from "../../../electron/contract/tables/csv.ts";
import { encodingName } from "../../../electron/contract/tables/text-encoding.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import type { ByteWindow } from "./tabular-window.ts";
import { createTextCursor, readTextBlocks } from "./text-blocks.ts";
import { plainText } from "./row-sources.ts";
import type { RowCollector } from "./row-collector.ts";

const shownBytes = 1000;

/** Reads lines of text, each the one text of its row; an empty line is none. They end where those of JSON lines do. */
export function createLinesReader(
  collector: RowCollector,
  wanted: TabularPart,
  window: ByteWindow,
  encoding: CsvDialect["encoding"],
): RecordReader {
  const { sources } = collector;
  const scanner = createRecordScanner(null);
  const { range, leaveOut } = wanted;
  const cursor = createTextCursor();
  sources.dialect = { encoding, decimal: "." };
  const show = (): void => setScannerWindow(scanner, window.bytes, window.length, window.isLast);
  show();

  const fail = (start: number, end: number, code: "text-encoding" | "row-too-long", message: string): void => {
    const shown = window.bytes.subarray(start, Math.min(end, start + shownBytes));
    collector.fail(cursor.item, code, message, decodeText(shown, encoding));
  };

  const takeLine = (start: number, end: number): void => {
    sources.textBytes[0] = window.bytes;
    sources.textStart[0] = start;
    sources.textEnd[0] = end;
    sources.textKind[0] = plainText;
    if (collector.take(cursor.item) !== null) {
      fail(start, end, "text-encoding", `The line is not ${encodingName(encoding)} text.`);
    }
  };

  const readRecords = (until: number): void => {
    while (cursor.item < until && cursor.at < window.length) {
      const start = cursor.at;
      const outcome = scanRecord(scanner, start);
      if (outcome === "incomplete") return;
      cursor.at = outcome === "overlong" ? window.length : scanner.next;
      if (outcome === "blank") continue;
      if (cursor.item >= range.start && !leaveOut.has(cursor.item)) {
        if (outcome === "overlong" || scanner.flaw !== null) {
          fail(start, window.length, "row-too-long", "The line is longer than 64 MiB.");
        } else {
          takeLine(start, scanner.textEnd);
        }
      }
      cursor.item += 1;
      if (outcome === "overlong") {
        cursor.isSkippingLine = true;
        return;
      }
    }
  };

  return readTextBlocks(collector, wanted, window, cursor, readRecords, show);
}
