import { isMissing } from "../../../electron/contract/tables/cell-values.ts";
import {
  createRecordScanner,
  decodeText,
  scanRecord,
  setScannerWindow,
  usualDialect,
} from "../../../electron/contract/tables/csv.ts";
import { numberFromBytes } from "./csv-numbers.ts";
import { createObjectParser, type ObjectParser } from "./json-lines-object.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import type { ByteWindow } from "./tabular-window.ts";
import { createTextCursor, readTextBlocks } from "./text-blocks.ts";
import { type CellFault, faultMessage, noText, plainText, wantsNumber } from "./row-sources.ts";
import type { RowCollector } from "./row-collector.ts";

const shownBytes = 1000;

/** Reads records that are one JSON object a line; columns are its keys. Numbers keep every digit they were written with. */
export function createJsonLinesReader(collector: RowCollector, wanted: TabularPart, window: ByteWindow): RecordReader {
  const scanner = createRecordScanner(null);
  const { range, leaveOut } = wanted;
  const parser = createObjectParser(collector.sources.names);
  collector.sources.dialect = usualDialect;
  const cursor = createTextCursor();
  const show = (): void => setScannerWindow(scanner, window.bytes, window.length, window.isLast);
  show();

  const fail = (start: number, end: number, code: "row-json" | "row-too-long", message: string): void => {
    collector.fail(
      cursor.item,
      code,
      message,
      decodeText(window.bytes.subarray(start, Math.min(end, start + shownBytes))),
    );
  };

  const takeLine = (start: number, end: number): void => {
    if (!parser.parse(window.bytes, start, end)) {
      fail(start, end, "row-json", "The line is not a JSON object.");
      return;
    }
    const fault = takeObject(collector, parser, cursor.item);
    if (fault === null) return;
    const name = collector.sources.names[fault.source] as string;
    if (fault.code === "column-missing") {
      collector.fail(cursor.item, fault.code, `The object has no key "${name}".`.replace(/\s+/g, " "), "");
      return;
    }
    const raw = parser.text(fault.source);
    const { code, message } = faultMessage(fault, collector.sources, raw);
    collector.fail(cursor.item, code, message, raw);
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
          fail(start, window.length, "row-too-long", "The row is longer than 64 MiB.");
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

/** Puts an object's values where the collector takes them from. */
function takeObject(collector: RowCollector, parser: ObjectParser, item: number): CellFault | null {
  const { sources, missingNumber } = collector;
  for (let source = 0; source < sources.names.length; source++) {
    const kind = parser.kinds[source];
    if (kind === "absent" && missingNumber === undefined) return { source, code: "column-missing", wants: "" };
    const bytes = parser.bytes[source] as Buffer;
    const start = parser.starts[source] as number;
    const end = parser.ends[source] as number;
    const isNull = kind === "absent" || kind === "null";
    if (sources.needsNumber[source]) {
      let value: number | undefined;
      if (kind === "number" || kind === "string") {
        value = numberFromBytes(bytes, start, end, sources.needsExact[source] as boolean);
      }
      const isEmpty = isNull || (kind === "string" && isMissing(parser.text(source)));
      if (value === undefined && isEmpty) value = missingNumber;
      if (value === undefined) {
        return { source, code: isEmpty ? "cell-empty" : "cell-not-a-number", wants: wantsNumber };
      }
      sources.numbers[source] = value;
    }
    if (sources.needsText[source]) {
      sources.textBytes[source] = bytes;
      sources.textStart[source] = start;
      sources.textEnd[source] = end;
      sources.textKind[source] = isNull ? noText : plainText;
    }
  }
  return collector.take(item);
}
