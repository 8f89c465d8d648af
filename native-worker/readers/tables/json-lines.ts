import { defaultDialect } from "../../../electron/contract/tables/csv.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import { numberFromBytes } from "./csv-numbers.ts";
import { createObjectParser, type ObjectParser } from "./json-lines-object.ts";
import { createLineReader, type LineFault } from "./line-records.ts";
import type { RowCollector } from "./row-collector.ts";
import { type CellFault, faultMessage, noText, plainText, wantsNumber } from "./row-sources.ts";
import type { ByteWindow } from "./tabular-window.ts";

const notAnObject: LineFault = { code: "row-json", message: "The line is not a JSON object." };

/** Reads records that are one JSON object a line; columns are its keys. Numbers keep every digit they were written with. */
export function createJsonLinesReader(collector: RowCollector, wanted: TabularPart, window: ByteWindow): RecordReader {
  const { sources } = collector;
  const parser = createObjectParser(sources.names);
  sources.dialect = defaultDialect;

  const takeLine = (item: number, start: number, end: number): LineFault | null => {
    if (!parser.parse(window.bytes, start, end)) return notAnObject;
    const fault = takeObject(collector, parser, item);
    if (fault === null) return null;
    if (fault.code === "column-missing") {
      const name = sources.names[fault.source] as string;
      collector.fail(item, fault.code, `The object has no key "${name}".`.replace(/\s+/g, " "), "");
      return null;
    }
    const raw = collector.constants.textOf(fault.source) ?? parser.text(fault.source);
    const { code, message } = faultMessage(fault, sources, raw);
    collector.fail(item, code, message, raw);
    return null;
  };

  return createLineReader(collector, wanted, window, "utf-8", "The row is longer than 64 MiB.", takeLine);
}

/** Puts an object's values where the collector takes them from. */
function takeObject(collector: RowCollector, parser: ObjectParser, item: number): CellFault | null {
  const { sources, constants } = collector;
  const { missing, missingNumbers, missingWords } = sources;
  for (let source = 0; source < sources.names.length; source++) {
    if (constants.has(source)) continue;
    const kind = parser.kinds[source];
    // A key may be left out of an object that has nothing to say of it.
    if (kind === "absent" && sources.isInput[source] && missing[source] === "error") {
      return { source, code: "column-missing", wants: "" };
    }
    const bytes = parser.bytes[source] as Buffer;
    const start = parser.starts[source] as number;
    const end = parser.ends[source] as number;
    const isNull = kind === "absent" || kind === "null";
    if (sources.needsNumber[source]) {
      let value: number | undefined;
      if (kind === "number" || kind === "string" || kind === "literal") {
        value = numberFromBytes(bytes, start, end, sources.needsExact[source] as boolean);
      }
      const isEmpty = isNull || (kind === "string" && missingWords.isNoValue(parser.text(source)));
      if (value === undefined && isEmpty) value = missingNumbers[source];
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
