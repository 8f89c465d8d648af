import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { removeSync, renameSync } from "../../files/patient.ts";
import type { BaseJournal } from "./base-journal.ts";
import { readFully } from "../table-file.ts";

const blockBytes = 1 << 20;

/**
 * Writes the rows of all mini-batches in which nothing failed, as the script's workers had written them, into one file, and
 * tells where those of each are. Whole or not at all; a file that is there already is the one that an earlier run made, and
 * stays. Null when a worker's file is gone. What is damaged in one is copied as it is: its checksum tells.
 */
export function gatherScriptRows(
  journal: BaseJournal,
  recordsFolder: string,
  file: string,
): ReadonlyMap<number, number> | null {
  const places = new Map<number, number>();
  const segments = new Set<string>();
  let length = 0;
  for (const { id, failed, rowsBytes, segment } of journal.miniBatches()) {
    if (failed > 0) continue;
    places.set(id, length);
    segments.add(segment);
    length += rowsBytes;
  }
  if (existsSync(file)) return places;
  if ([...segments].some((segment) => !existsSync(join(recordsFolder, segment)))) return null;
  writeWhole(file, (target) => copyRows(journal, recordsFolder, places, target));
  return places;
}

function copyRows(journal: BaseJournal, folder: string, places: ReadonlyMap<number, number>, target: number): void {
  const block = Buffer.allocUnsafe(blockBytes);
  const opened = new Map<string, number>();
  try {
    for (const { id, segment, recordStart, rowsBytes } of journal.miniBatches()) {
      const place = places.get(id);
      if (place === undefined) continue;
      const source = opened.get(segment) ?? openSync(join(folder, segment), "r");
      opened.set(segment, source);
      for (let copied = 0; copied < rowsBytes; copied += blockBytes) {
        const bytes = readFully(source, block, 0, Math.min(blockBytes, rowsBytes - copied), recordStart + copied);
        writeFully(target, block.subarray(0, bytes), place + copied);
      }
    }
  } finally {
    for (const source of opened.values()) closeSync(source);
  }
}

function writeWhole(file: string, write: (target: number) => void): void {
  const part = `${file}.${process.pid}.part`;
  const target = openSync(part, "w", ownerOnly.file);
  try {
    write(target);
  } catch (error) {
    removeSync(part);
    throw error;
  } finally {
    closeSync(target);
  }
  renameSync(part, file);
}

function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}
