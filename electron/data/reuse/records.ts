import { readSync } from "node:fs";
import { nextRecordEnd, type RecordStyle, searchRecords } from "../../contract/tables/written-records.ts";

const blockBytes = 1024 * 1024;

/** The position in an open file `count` records behind `from`, where a record starts; null when it has fewer. */
export function skipRecords(file: number, from: number, count: number, style: RecordStyle): number | null {
  const block = Buffer.allocUnsafe(blockBytes);
  const search = searchRecords(style);
  let left = count;
  let position = from;
  while (left > 0) {
    const length = readSync(file, block, 0, block.length, position);
    if (length === 0) return null;
    const bytes = block.subarray(0, length);
    for (let end = nextRecordEnd(search, bytes, 0); end !== -1; end = nextRecordEnd(search, bytes, end)) {
      left -= 1;
      if (left === 0) return position + end;
    }
    position += length;
  }
  return position;
}
