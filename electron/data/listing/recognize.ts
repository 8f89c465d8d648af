import { isUtf8 } from "node:buffer";
import { closeSync, readSync } from "node:fs";
import { audioFormat } from "../../contract/audio-format.ts";
import type { ItemSource } from "../../contract/nouns/scorer.ts";
import type { SkipReason } from "../../contract/nouns/skip-reason.ts";
import { pictureFormat } from "../../contract/picture-format.ts";
import {
  byteOrderMarkLength,
  createRecordScanner,
  type CsvDialect,
  defaultDialect,
  recordCells,
  scanRecord,
  setScannerWindow,
} from "../../contract/tables/csv.ts";
import { PackedDataError, packedAs, unpack } from "../unpack.ts";
import { hasReadableEnding, isOfAnotherKind } from "../../contract/nouns/scorers/known-names.ts";
import { type Compression, compressionOf, fileEnding, type TableFormat } from "../../contract/tables/table-format.ts";
import { isNpy } from "../../contract/tensors/npy-header.ts";
import { isZip } from "../../contract/tensors/zip-directory.ts";
import type { ListedFacts } from "../../contract/listed-files.ts";
import { opener } from "../../files/opener.ts";
import { errorCode } from "../errors.ts";

/** What a file is to a scorer: one to read, in the format that only its content shows; or why it is left out. */
export type Recognized =
  | { readonly format?: TableFormat | undefined; readonly compression?: Compression | undefined }
  | SkipReason;

const lookedAtBytes = 64 * 1024;
const lookedAtRecords = 100;

/**
 * By its ending, where that says something: data of another kind is not opened. A file with no ending, or an unknown one,
 * is looked at. `place` is absolute and free of links. Docs: decisions/0032.
 */
export function recognize(
  place: () => string,
  path: string,
  listed: ListedFacts,
  source: ItemSource,
): Recognized | Promise<Recognized> {
  if (hasReadableEnding(path, source)) return {};
  if (isOfAnotherKind(path)) return "other-ending";
  const beginning = beginningOf(place(), listed);
  if (beginning === null) return "other-content";
  const isWhole = beginning.length >= listed.sizeBytes;
  const compression = packedAs(beginning);
  if (compression === null || source !== "table-rows") return byContent(path, beginning, isWhole, source);
  return unpackedBeginning(compression, beginning).then((text) => {
    const format = contentFormat(text, isWhole && text.length < lookedAtBytes);
    if (format === null || format === "parquet") return "other-content";
    return compressionOf(path) === compression ? { format } : { format, compression };
  });
}

function byContent(path: string, beginning: Buffer, isWhole: boolean, source: ItemSource): Recognized {
  switch (source) {
    case "table-rows": {
      const format = contentFormat(beginning, isWhole);
      return format === null ? "other-content" : { format };
    }
    case "pictures":
      return pictureFormat(beginning) === null ? "other-content" : {};
    case "sounds":
      return audioFormat(beginning) === null ? "other-content" : {};
    case "arrays":
    case "array-rows":
      return isNpy(beginning) || isArchiveOfArrays(beginning) ? {} : "other-content";
    case "text-files":
    case "text-lines":
      // Nearly everything is text: only what has no ending at all is taken for one.
      return fileEnding(path) === "" && isPlainText(beginning) ? {} : "other-content";
    case "files":
      return {};
  }
}

/** By the name of its first entry, which stands behind the 30 bytes that are said of it. */
function isArchiveOfArrays(beginning: Buffer): boolean {
  const nameStart = 30;
  if (!isZip(beginning) || beginning.length < nameStart) return false;
  return beginning.toString("latin1", nameStart, nameStart + beginning.readUInt16LE(26)).endsWith(".npy");
}

/** What the first bytes of compressed data unpack to, as far as they do. */
async function unpackedBeginning(compression: Compression, beginning: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of unpack(compression, [beginning])) {
      pieces.push(piece);
      length += piece.length;
      if (length >= lookedAtBytes) break;
    }
  } catch (error) {
    // Of a longer file it is cut off, of course; of a damaged one its reader will tell.
    if (!(error instanceof PackedDataError)) throw error;
  }
  return Buffer.concat(pieces).subarray(0, lookedAtBytes);
}

/** Bytes of the file that was listed there; null when they cannot be had, or there are none. */
function beginningOf(place: string, listed: ListedFacts): Buffer | null {
  try {
    const file = opener.open(place, listed);
    if (file === null) return null;
    try {
      const bytes = Buffer.alloc(Math.min(lookedAtBytes, listed.sizeBytes));
      const length = readSync(file, bytes, 0, bytes.length, 0);
      return length === 0 ? null : bytes.subarray(0, length);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}

const delimiters = [",", "\t", ";", "|"] as const;

/**
 * The format of a table that only its content shows: Parquet by its first bytes; at least two lines, each an object of
 * JSON; or at least two records that one delimiter cuts to the same number of cells, two or more. Null: none of them.
 */
export function contentFormat(beginning: Buffer, isWhole: boolean): TableFormat | null {
  if (beginning.toString("latin1", 0, 4) === "PAR1") return "parquet";
  const text = beginning.subarray(byteOrderMarkLength(beginning));
  if (text.includes(0)) return null;
  const lines = recordsOf(text, isWhole, null);
  if (lines.length > 1 && lines.every(([line = ""]) => isJsonObject(line))) return "json-lines";
  // Other JSON, and markup, may have as many commas in each line.
  if (/^\s*[[{<]/.test(text.toString("latin1", 0, 256))) return null;
  const isTable = delimiters.some((delimiter) => {
    const records = recordsOf(text, isWhole, { ...defaultDialect, delimiter });
    const cells = records[0]?.length ?? 0;
    return records.length > 1 && cells > 1 && records.every((record) => record.length === cells);
  });
  return isTable ? "delimited" : null;
}

/** The first records, as cells; one that is flawed has none. Lines have one cell. */
function recordsOf(bytes: Uint8Array, isWhole: boolean, dialect: CsvDialect | null): readonly (readonly string[])[] {
  const scanner = createRecordScanner(dialect);
  setScannerWindow(scanner, bytes, bytes.length, isWhole);
  const records: (readonly string[])[] = [];
  for (let at = 0; at < bytes.length && records.length < lookedAtRecords; at = scanner.next) {
    const outcome = scanRecord(scanner, at);
    if (outcome === "incomplete" || outcome === "overlong") break;
    if (outcome === "blank") continue;
    const line = () => [Buffer.from(bytes.subarray(at, scanner.textEnd)).toString()];
    if (scanner.flaw !== null) records.push([]);
    else records.push(dialect === null ? line() : recordCells(bytes, at, scanner.textEnd, dialect));
  }
  return records;
}

function isJsonObject(line: string): boolean {
  if (!/^\s*\{/.test(line)) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** UTF-8 without characters that steer something. */
function isPlainText(bytes: Buffer): boolean {
  if (bytes.some((byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b)) return false;
  // The last character may be cut.
  return [0, 1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));
}
