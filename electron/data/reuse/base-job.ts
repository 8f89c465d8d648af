import { createHash } from "node:crypto";
import { closeSync, openSync, statSync } from "node:fs";
import type { BaseJobFiles, ReusedUnit } from "../../contract/nouns/base-job.ts";
import { recordCells, usualDialect } from "../../contract/tables/csv.ts";
import type { UnitPart } from "../../contract/nouns/unit.ts";
import { type BaseJournal, type BaseUnit, readBaseJournal } from "./base-journal.ts";
import { convertBaseRows } from "./base-parquet.ts";
import { gatherScriptRows } from "./base-script.ts";
import { compareCodePoints, type ListedFile } from "../listing/listing.ts";
import { recordEnds } from "../../contract/tables/written-records.ts";
import { skipRecords } from "./records.ts";
import { readFully } from "../table-file.ts";

/** What a finished job left, as far as its files are still what it wrote. */
export type BaseJob = {
  /** What the base had of a file, in row order. Files must be asked for in the order of a listing. */
  readonly piecesOf: (file: Pick<ListedFile, "path">) => readonly BasePiece[];
  /** The items of a unit that failed, ascending; null when its record is not what was written. */
  readonly failedItems: (unit: BaseUnit) => readonly number[] | null;
  /** Where the rows of its items `from`..`to` are, none of which failed; null when its record is not what was written. */
  readonly place: (unit: BaseUnit, from: number, to: number) => RecordPlace | null;
  readonly close: () => void;
};

/** One part of a unit of the base; `firstItem` is where it starts among the unit's items. */
export type BasePiece = { readonly unit: BaseUnit; readonly part: UnitPart; readonly firstItem: number };
export type RecordPlace = Omit<ReusedUnit, "unitId">;

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
      if (places !== null) return { ...createPieces(journal), ...wholeUnits(places), close };
    }
    if (files.recordsFolder !== null || !isAsWritten({ ...files, isParquet: files.convertedFile !== null }, journal)) {
      close();
      return null;
    }
    if (files.convertedFile !== null) await convertBaseRows(files.rowsFile, files.convertedFile);
    const rows = openSync(files.convertedFile ?? files.rowsFile, "r");
    opened.push(rows);
    const errors = openSync(files.errorsFile, "r");
    opened.push(errors);
    return { ...createPieces(journal), ...createRecords(files, rows, errors), close };
  } catch (error) {
    close();
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

/** A script's rows belong to its mini-batch as a whole. */
function wholeUnits(offsets: ReadonlyMap<number, number>): Pick<BaseJob, "failedItems" | "place"> {
  return {
    failedItems: ({ failed }) => (failed === 0 ? [] : null),
    place({ id, items, rowsBytes, checksum, columns }, from, to) {
      const offset = offsets.get(id);
      return offset === undefined || from > 0 || to < items ? null : { offset, rowsBytes, checksum, columns };
    },
  };
}

/**
 * Whether a finished job's files are as long as its journal says. Whoever changed one and kept its length is found out by
 * the checksum of each record; Parquet has none, so the time of its file must be the same as well.
 */
export function isAsWritten(
  files: Pick<BaseJobFiles, "rowsFile" | "errorsFile"> & { readonly isParquet: boolean },
  journal: BaseJournal,
): boolean {
  const rows = statSync(files.rowsFile, { throwIfNoEntry: false });
  const errors = statSync(files.errorsFile, { throwIfNoEntry: false });
  if (rows === undefined || errors === undefined || errors.size !== journal.errorsEnd) return false;
  if (!files.isParquet) return rows.size === journal.rowsEnd;
  return journal.parquet !== null && rows.size === journal.parquet.bytes && rows.mtimeMs === journal.parquet.modifiedMs;
}

/** Walks through the base's units once, beside the files that are asked for. */
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
  for (const unit of journal.units()) {
    let firstItem = 0;
    for (const part of unit.parts) {
      yield { unit, part, firstItem };
      firstItem += part.items;
    }
  }
}

/** A unit's rows as they stand in the file, and which of its items they are. */
type Loaded = {
  readonly offset: number;
  readonly bytes: Buffer;
  readonly ends: readonly number[];
  readonly failed: readonly number[];
};

/** Units are as large as what a worker holds; so many are kept, since a unit to plan may lie across several of the base. */
const keptUnits = 4;

function createRecords(files: BaseJobFiles, rows: number, errors: number): Pick<BaseJob, "failedItems" | "place"> {
  const isConverted = files.convertedFile !== null;
  const kept = new Map<number, Loaded | null>();
  /** In the converted file: places that records were counted to, so that no unit is searched from the beginning. */
  let counted = isConverted ? [{ records: 0, position: skipRecords(rows, 0, 1, files.records) ?? 0 }] : [];

  function read(file: number, from: number, length: number): Buffer | null {
    const bytes = Buffer.allocUnsafe(length);
    return readFully(file, bytes, 0, length, from) === length ? bytes : null;
  }

  function rowsOf(unit: BaseUnit): { offset: number; bytes: Buffer } | null {
    if (!isConverted) {
      const bytes = read(rows, unit.rowsStart, unit.rowsBytes);
      return bytes === null ? null : { offset: unit.rowsStart, bytes };
    }
    const near = counted.filter(({ records }) => records <= unit.rowsBefore).at(-1);
    const start =
      near === undefined ? null : skipRecords(rows, near.position, unit.rowsBefore - near.records, files.records);
    if (start === null) return null;
    const place = { records: unit.rowsBefore, position: start };
    const others = counted.filter(({ records }) => records !== place.records);
    counted = [...others, place].sort((one, other) => one.records - other.records);
    if (counted.length > 2 * keptUnits) counted.splice(1, 1);
    const end = skipRecords(rows, start, unit.succeeded, files.records);
    const bytes = end === null ? null : read(rows, start, end - start);
    return bytes === null ? null : { offset: start, bytes };
  }

  function load(unit: BaseUnit): Loaded | null {
    const found = rowsOf(unit);
    const errorBytes = read(errors, unit.errorsStart, unit.errorsBytes);
    if (found === null || errorBytes === null) return null;
    if (!isConverted && checksumOf(found.bytes, errorBytes) !== unit.checksum) return null;
    const ends = recordEnds(found.bytes, files.records);
    const failed = failedItemsOf(unit, errorBytes);
    const isWhole = ends.length === unit.succeeded && (ends[ends.length - 1] ?? 0) === found.bytes.length;
    return failed === null || !isWhole ? null : { ...found, ends, failed };
  }

  function loaded(unit: BaseUnit): Loaded | null {
    const known = kept.get(unit.id);
    if (known !== undefined) return known;
    const found = load(unit);
    kept.set(unit.id, found);
    for (const id of kept.keys()) {
      if (kept.size <= keptUnits) break;
      kept.delete(id);
    }
    return found;
  }

  return {
    failedItems: (unit) => (unit.failed === 0 ? [] : (loaded(unit)?.failed ?? null)),
    place(unit, from, to) {
      if (!isConverted && unit.failed === 0 && from === 0 && to === unit.items) {
        return { offset: unit.rowsStart, rowsBytes: unit.rowsBytes, checksum: unit.checksum, columns: null };
      }
      const found = loaded(unit);
      if (found === null || unit.succeeded + unit.failed !== unit.items) return null;
      const first = from - found.failed.filter((item) => item < from).length;
      const start = first === 0 ? 0 : found.ends[first - 1];
      const end = to === from ? start : found.ends[first + (to - from) - 1];
      if (start === undefined || end === undefined) return null;
      const checksum = checksumOf(found.bytes.subarray(start, end));
      return { offset: found.offset + start, rowsBytes: end - start, checksum, columns: null };
    },
  };
}

/** How a record is summed up in a journal. */
export function checksumOf(...pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex").slice(0, 16);
}

/** Which items of a unit its lines in errors.csv name, ascending; null when they are not the unit's failed items. */
export function failedItemsOf(unit: BaseUnit, errorBytes: Buffer): number[] | null {
  const items: number[] = [];
  let lineStart = 0;
  let place = 0;
  let firstItem = 0;
  for (const end of recordEnds(errorBytes, "quoted")) {
    const [file = "", row = ""] = recordCells(errorBytes, lineStart, end - 1, usualDialect);
    lineStart = end;
    for (;;) {
      const part = unit.parts[place];
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
  return items.length === unit.failed ? items : null;
}
