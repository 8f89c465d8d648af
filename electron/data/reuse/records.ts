import { readSync } from "node:fs";
import { lineFeed, quoteMark } from "../../contract/tables/csv.ts";
import type { BaseJobFiles } from "../../contract/nouns/base-job.ts";

/**
 * Where the records of a text that Batchdeck wrote end. Its CSV is well formed: a quote stands only around a cell and,
 * doubled, inside one, so a line feed ends a record exactly when an even number of quotes lies before it.
 */
export type RecordStyle = BaseJobFiles["records"];

const blockBytes = 1024 * 1024;

/** The end of each record in `bytes`, line feed included; what follows the last line feed is no record. */
export function recordEnds(bytes: Uint8Array, style: RecordStyle): number[] {
  const ends: number[] = [];
  const isQuoted = style === "quoted";
  let inQuotes = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === lineFeed && !inQuotes) ends.push(at + 1);
    else if (byte === quoteMark && isQuoted) inQuotes = !inQuotes;
  }
  return ends;
}

/** The position in an open file `count` records behind `from`, where a record starts; null when it has fewer. */
export function skipRecords(file: number, from: number, count: number, style: RecordStyle): number | null {
  const block = Buffer.allocUnsafe(blockBytes);
  const isQuoted = style === "quoted";
  let inQuotes = false;
  let left = count;
  let position = from;
  while (left > 0) {
    const length = readSync(file, block, 0, block.length, position);
    if (length === 0) return null;
    for (let at = 0; at < length; at++) {
      const byte = block[at];
      if (byte === lineFeed && !inQuotes) {
        left -= 1;
        if (left === 0) return position + at + 1;
      } else if (byte === quoteMark && isQuoted) inQuotes = !inQuotes;
    }
    position += length;
  }
  return position;
}
