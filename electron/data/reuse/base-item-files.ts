import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { BaseItemFiles } from "../../contract/nouns/base-job.ts";
import { isItemFilePath } from "../../contract/nouns/scorers/item-files.ts";
import { itemFileEntryBytes } from "../../contract/tables/item-file-records.ts";
import { cellText, rawCells, recordTexts } from "../../contract/tables/written-records.ts";
import { opener } from "../../files/opener.ts";

/** The item files of a finished job, which its rows name. */

const blockBytes = 1 << 18;
const jsonRecordSchema = z.record(z.string(), z.unknown());

/**
 * The files that rows of a base name, as a worker wrote them (item-file-records.ts), in pieces that are good until the next is
 * asked for. Throws BaseItemFileGone where one is not there, or is none of the folder.
 */
export function* entriesOf(rows: Uint8Array, { folder, cells }: BaseItemFiles): Generator<Buffer, undefined> {
  const block = Buffer.allocUnsafe(blockBytes);
  for (const record of recordTexts(rows, cells.kind === "json" ? "lines" : "quoted")) {
    for (const name of namesIn(record, cells)) yield* entryOf(folder, name, block);
  }
}

function namesIn(record: string, cells: BaseItemFiles["cells"]): readonly string[] {
  if (cells.kind === "separated") {
    const all = rawCells(record, cells.separator);
    return cells.columns.map((column) => cellText(all[column] ?? ""));
  }
  try {
    const row = jsonRecordSchema.parse(JSON.parse(record));
    return cells.keys.map((key) => z.string().parse(row[key]));
  } catch {
    throw new BaseItemFileGone("A row is not what the job wrote.");
  }
}

/** Thrown where a file that a row of a base names cannot be read any more. */
export class BaseItemFileGone extends Error {}

function* entryOf(folder: string, name: string, block: Buffer): Generator<Buffer, undefined> {
  if (!isItemFilePath(name)) throw new BaseItemFileGone(`${name} is no item file.`);
  const file = openItemFile(path.join(folder, name));
  try {
    const { size } = fstatSync(file);
    const nameBytes = Buffer.from(name, "utf8");
    const lengths = Buffer.alloc(itemFileEntryBytes);
    lengths.writeUInt32LE(nameBytes.length, 0);
    // One that long is none of ours, and is found out by its checksum.
    lengths.writeUInt32LE(size % 2 ** 32, 4);
    yield lengths;
    yield nameBytes;
    for (let at = 0; at < size; ) {
      const length = readSync(file, block, 0, Math.min(block.length, size - at), at);
      if (length === 0) throw new BaseItemFileGone(`${name} has become shorter.`);
      at += length;
      yield block.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

function openItemFile(file: string): number {
  try {
    return openSync(file, opener.namedFlags);
  } catch (error) {
    throw new BaseItemFileGone(error instanceof Error ? error.message : String(error));
  }
}

/** Reads what comes in pieces from its beginning on, whatever the position; answers 0 where it ends or cannot be read. */
export function readerOf(pieces: Generator<Buffer, undefined>): (into: Buffer) => number {
  let piece: Buffer = Buffer.alloc(0);
  return (into) => {
    for (let filled = 0; filled < into.length; ) {
      if (piece.length === 0) {
        const next = pieces.next();
        if (next.done === true) return 0;
        piece = next.value;
        continue;
      }
      const length = piece.copy(into, filled);
      piece = piece.subarray(length);
      filled += length;
    }
    return into.length;
  };
}
