import type { CsvDialect } from "../../../electron/contract/tables/csv.ts";
import { encodingName } from "../../../electron/contract/tables/text-encoding.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import { createLineReader, type LineFault } from "./line-records.ts";
import type { RowCollector } from "./row-collector.ts";
import { plainText } from "./row-sources.ts";
import type { ByteWindow } from "./tabular-window.ts";

/** Reads lines of text, each the one text of its row. */
export function createLinesReader(
  collector: RowCollector,
  wanted: TabularPart,
  window: ByteWindow,
  encoding: CsvDialect["encoding"],
): RecordReader {
  const { sources } = collector;
  sources.dialect = { encoding, decimal: "." };
  const notText: LineFault = {
    code: "text-encoding",
    message: `The line is not ${encodingName(encoding)} text.`,
  };

  const takeLine = (item: number, start: number, end: number): LineFault | null => {
    sources.textBytes[0] = window.bytes;
    sources.textStart[0] = start;
    sources.textEnd[0] = end;
    sources.textKind[0] = plainText;
    return collector.take(item) === null ? null : notText;
  };

  return createLineReader(collector, wanted, window, encoding, "The line is longer than 64 MiB.", takeLine);
}
