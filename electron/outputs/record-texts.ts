import { nextRecordEnd, type RecordStyle, searchRecords } from "../contract/tables/written-records.ts";

/** The records of whole text, without their line feeds; what follows the last line feed is none. */
export function* recordTexts(bytes: Uint8Array, style: RecordStyle): Generator<string, undefined> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const search = searchRecords(style);
  let start = 0;
  for (let end = nextRecordEnd(search, text, 0); end !== -1; end = nextRecordEnd(search, text, end)) {
    yield text.toString("utf8", start, end - 1);
    start = end;
  }
}
