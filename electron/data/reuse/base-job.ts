import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, type Stats } from "node:fs";
import type { BaseJobFiles, ReusedMiniBatch } from "../../contract/nouns/base-job.ts";
import { recordCells, defaultDialect } from "../../contract/tables/csv.ts";
import type { MiniBatchPart } from "../../contract/nouns/mini-batch.ts";
import { isDamage } from "../../registry/rows/damage.ts";
import type { ItemFilesRecord } from "../../contract/tables/item-file-records.ts";
import { BaseItemFileGone, entriesOf } from "./base-item-files.ts";
import { type BaseJournal, type BaseMiniBatch, readBaseJournal } from "./base-journal.ts";
import { convertBaseRows } from "./base-parquet.ts";
import { gatherScriptRows } from "./base-script.ts";
import { compareCodePoints } from "../listing/code-points.ts";
import type { ListedFile } from "../listing/listing.ts";
import { recordEnds } from "../../contract/tables/written-records.ts";
import { skipRecords } from "./records.ts";
import { readFully } from "../table-file.ts";
import { opener } from "../../files/opener.ts";

/** What a finished job left, as far as its files are still what it wrote. */
export type BaseJob = {
  /** What the base had of a file, in row order. Files must be asked for in the order of a listing. */
  readonly piecesOf: (file: Pick<ListedFile, "path">) => readonly BasePiece[];
  /** The items of a mini-batch that failed, ascending; null when its record is not what was written. */
  readonly failedItems: (miniBatch: BaseMiniBatch) => readonly number[] | null;
  /** Where the rows of its items `from`..`to` are, none of which failed; null when its record is not what was written. */
  readonly place: (miniBatch: BaseMiniBatch, from: number, to: number) => RecordPlace | null;
  readonly close: () => void;
};

/** One part of a mini-batch of the base; `firstItem` is where it starts among the mini-batch's items. */
export type BasePiece = { readonly miniBatch: BaseMiniBatch; readonly part: MiniBatchPart; readonly firstItem: number };
export type RecordPlace = Omit<ReusedMiniBatch, "miniBatchId">;

/** Null when nothing can be taken over: its journal or its files are gone, or they are not what it wrote. */
export async function openBaseJob(files: BaseJobFiles): Promise<BaseJob | null> {
  const journal = readBaseJournal(files.journalFile);
  if (journal === null) return null;
  const opened: number[] = [];
  const close = (): void => {
    for (const file of opened) closeSync(file);
    journal.close();
  };
  try {
    if (files.recordsFolder !== null && files.convertedFile !== null) {
      const places = gatherScriptRows(journal, files.recordsFolder, files.convertedFile);
      if (places !== null) return { ...createPieces(journal), ...wholeMiniBatches(places), close };
    }
    const written =
      files.recordsFolder === null
        ? openAsWritten({ ...files, isParquet: files.convertedFile !== null }, journal, opened)
        : null;
    if (written === null) {
      close();
      return null;
    }
    let { rows } = written;
    if (files.convertedFile !== null) {
      const library = opener.forLibrary(rows, files.rowsFile);
      if (!(await convertBaseRows(library, files.convertedFile))) {
        close();
        return null;
      }
      rows = openSync(files.convertedFile, "r");
      opened.push(rows);
    }
    return { ...createPieces(journal), ...createRecords(files, rows, written.errors), close };
  } catch (error) {
    close();
    if (isDamage(error) || (error instanceof Error && "code" in error)) return null;
    throw error;
  }
}

/** A script's rows belong to its mini-batch as a whole. */
function wholeMiniBatches(offsets: ReadonlyMap<number, number>): Pick<BaseJob, "failedItems" | "place"> {
  return {
    failedItems: ({ failed }) => (failed === 0 ? [] : null),
    place({ id, items, rows, rowsBytes, checksum, columns }, from, to) {
      const offset = offsets.get(id);
      return offset === undefined || from > 0 || to < items
        ? null
        : { offset, rowsBytes, checksum, columns, notANumber: 0, rows, itemFiles: null };
    },
  };
}

/**
 * Opens a finished job's files, which are added to `opened`; null unless they are as long as its journal says. Whoever
 * changed one and kept its length is found out by the checksum of each record; Parquet has none, so the time of its file
 * must be the same as well. A link that has taken the place of one, or of its folder, is not followed.
 */
export function openAsWritten(
  files: Pick<BaseJobFiles, "rowsFile" | "errorsFile"> & { readonly isParquet: boolean },
  journal: BaseJournal,
  opened: number[],
): { readonly rows: number; readonly errors: number } | null {
  const open = (place: string, isIt: (stats: Stats) => boolean): number | null => {
    const file = openSync(place, opener.flags);
    opened.push(file);
    const stats = fstatSync(file);
    return stats.isFile() && isIt(stats) && opener.liesAt(file, stats, place) ? file : null;
  };
  const { parquet } = journal;
  const rows = open(files.rowsFile, ({ size, mtimeMs }) =>
    files.isParquet ? size === parquet?.bytes && mtimeMs === parquet.modifiedMs : size === journal.rowsEnd,
  );
  const errors = open(files.errorsFile, ({ size }) => size === journal.errorsEnd);
  return rows === null || errors === null ? null : { rows, errors };
}

/** Walks through the base's mini-batches once, beside the files that are asked for. */
function createPieces(journal: BaseJournal): Pick<BaseJob, "piecesOf"> {
  const walk = eachPiece(journal);
  let next = walk.next();
  let known: { readonly file: string; readonly pieces: readonly BasePiece[] } | null = null;
  return {
    piecesOf({ path }) {
      if (known?.file === path) return known.pieces;
      while (next.done !== true && compareCodePoints(next.value.part.file, path) < 0) next = walk.next();
      const pieces: BasePiece[] = [];
      for (; next.done !== true && next.value.part.file === path; next = walk.next()) pieces.push(next.value);
      known = { file: path, pieces };
      return pieces;
    },
  };
}

function* eachPiece(journal: BaseJournal): Generator<BasePiece> {
  try {
    for (const miniBatch of journal.miniBatches()) {
      let firstItem = 0;
      for (const part of miniBatch.parts) {
        yield { miniBatch, part, firstItem };
        firstItem += part.items;
      }
    }
  } catch (error) {
    // What cannot be read is not taken over: it is scored.
    if (!isDamage(error)) throw error;
  }
}

/** A mini-batch's rows as they stand in the file, and which of its items they are. */
type Loaded = {
  readonly offset: number;
  readonly bytes: Buffer;
  readonly ends: readonly number[];
  readonly failed: readonly number[];
};

/** Mini-batches are as large as what a worker holds; so many are kept, since a mini-batch to plan may lie across several of the base. */
const keptMiniBatches = 4;

function createRecords(files: BaseJobFiles, rows: number, errors: number): Pick<BaseJob, "failedItems" | "place"> {
  const isConverted = files.convertedFile !== null;
  const kept = new Map<number, Loaded | null>();
  /** In the converted file: places that records were counted to, so that no mini-batch is searched from the beginning. */
  let counted = isConverted ? [{ records: 0, position: skipRecords(rows, 0, 1, files.records) ?? 0 }] : [];

  function read(file: number, from: number, length: number): Buffer | null {
    const bytes = Buffer.allocUnsafe(length);
    return readFully(file, bytes, 0, length, from) === length ? bytes : null;
  }

  function rowsOf(miniBatch: BaseMiniBatch): { offset: number; bytes: Buffer } | null {
    if (!isConverted) {
      const bytes = read(rows, miniBatch.rowsStart, miniBatch.rowsBytes);
      return bytes === null ? null : { offset: miniBatch.rowsStart, bytes };
    }
    const near = counted.filter(({ records }) => records <= miniBatch.rowsBefore).at(-1);
    const start =
      near === undefined ? null : skipRecords(rows, near.position, miniBatch.rowsBefore - near.records, files.records);
    if (start === null) return null;
    const place = { records: miniBatch.rowsBefore, position: start };
    const others = counted.filter(({ records }) => records !== place.records);
    counted = [...others, place].sort((one, other) => one.records - other.records);
    if (counted.length > 2 * keptMiniBatches) counted.splice(1, 1);
    const end = skipRecords(rows, start, miniBatch.rows, files.records);
    const bytes = end === null ? null : read(rows, start, end - start);
    return bytes === null ? null : { offset: start, bytes };
  }

  function load(miniBatch: BaseMiniBatch): Loaded | null {
    const found = rowsOf(miniBatch);
    const errorBytes = read(errors, miniBatch.errorsStart, miniBatch.errorsBytes);
    if (found === null || errorBytes === null) return null;
    if (!isConverted && checksumOf(found.bytes, errorBytes) !== miniBatch.checksum) return null;
    const ends = recordEnds(found.bytes, files.records);
    const failed = failedItemsOf(miniBatch, errorBytes);
    const isWhole = ends.length === miniBatch.rows && (ends[ends.length - 1] ?? 0) === found.bytes.length;
    return failed === null || !isWhole ? null : { ...found, ends, failed };
  }

  function loaded(miniBatch: BaseMiniBatch): Loaded | null {
    const known = kept.get(miniBatch.id);
    if (known !== undefined) return known;
    const found = load(miniBatch);
    kept.set(miniBatch.id, found);
    for (const id of kept.keys()) {
      if (kept.size <= keptMiniBatches) break;
      kept.delete(id);
    }
    return found;
  }

  /** The files that a part of a mini-batch's rows name, when those of all are what was written. */
  function itemFilesOf(written: ItemFilesRecord, all: Buffer, part: Buffer): ItemFilesRecord | "changed" {
    const whole = sumOfFiles(all);
    return whole?.checksum === written.checksum ? (sumOfFiles(part) ?? "changed") : "changed";
  }

  function sumOfFiles(rowsBytes: Buffer): ItemFilesRecord | null {
    if (files.itemFiles === null) return null;
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      for (const piece of entriesOf(rowsBytes, files.itemFiles)) {
        hash.update(piece);
        bytes += piece.length;
      }
    } catch (error) {
      // Then it is scored.
      if (error instanceof BaseItemFileGone) return null;
      throw error;
    }
    return { offset: 0, bytes, checksum: hash.digest("hex").slice(0, 16) };
  }

  return {
    failedItems: (miniBatch) => (miniBatch.failed === 0 ? [] : (loaded(miniBatch)?.failed ?? null)),
    place(miniBatch, from, to) {
      const isWhole = miniBatch.failed === 0 && from === 0 && to === miniBatch.items;
      // Which of its rows have no numbers is written nowhere; nor is where the rows of an item end that has any number of them.
      if (!isWhole && (miniBatch.notANumber > 0 || !files.isRowAnItem)) return null;
      if (!isConverted && isWhole) {
        return {
          offset: miniBatch.rowsStart,
          rowsBytes: miniBatch.rowsBytes,
          checksum: miniBatch.checksum,
          columns: null,
          notANumber: miniBatch.notANumber,
          rows: miniBatch.rows,
          itemFiles: miniBatch.itemFiles && { ...miniBatch.itemFiles, offset: 0 },
        };
      }
      const found = loaded(miniBatch);
      if (found === null || miniBatch.succeeded + miniBatch.failed !== miniBatch.items) return null;
      const first = from - found.failed.filter((item) => item < from).length;
      const rowsFound = isWhole ? miniBatch.rows : to - from;
      const start = first === 0 ? 0 : found.ends[first - 1];
      const end = rowsFound === 0 ? start : found.ends[first + rowsFound - 1];
      if (start === undefined || end === undefined) return null;
      const rowsOfSpan = found.bytes.subarray(start, end);
      const checksum = checksumOf(rowsOfSpan);
      const itemFiles = miniBatch.itemFiles === null ? null : itemFilesOf(miniBatch.itemFiles, found.bytes, rowsOfSpan);
      if (itemFiles === "changed") return null;
      return {
        offset: found.offset + start,
        rowsBytes: end - start,
        checksum,
        columns: null,
        notANumber: miniBatch.notANumber,
        rows: rowsFound,
        itemFiles,
      };
    },
  };
}

/** How a record is summed up in a journal. */
export function checksumOf(...pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex").slice(0, 16);
}

/** Which items of a mini-batch its lines in errors.csv name, ascending; null when they are not the mini-batch's failed items. */
export function failedItemsOf(miniBatch: BaseMiniBatch, errorBytes: Buffer): number[] | null {
  const items: number[] = [];
  let lineStart = 0;
  let place = 0;
  let firstItem = 0;
  for (const end of recordEnds(errorBytes, "quoted")) {
    const [file = "", row = ""] = recordCells(errorBytes, lineStart, end - 1, defaultDialect);
    lineStart = end;
    for (;;) {
      const part = miniBatch.parts[place];
      if (part === undefined) return null;
      const item = firstItem + (row === "" ? 0 : Number(row) - part.firstRow);
      const isOfPart = (part.file === file || `'${part.file}` === file) && item < firstItem + part.items;
      if (isOfPart && item >= firstItem && item > (items[items.length - 1] ?? -1)) {
        items.push(item);
        break;
      }
      firstItem += part.items;
      place += 1;
    }
  }
  return items.length === miniBatch.failed ? items : null;
}
