import { closeSync, existsSync, openSync } from "node:fs";
import { type CsvDialect, defaultDialect } from "../../contract/tables/csv.ts";
import type { ItemSource } from "../../contract/nouns/scorer.ts";
import { type TableFormat, tableFormat } from "../../contract/tables/table-format.ts";
import { mostArrayBytes } from "../../contract/tensors/array-file.ts";
import type { FileCopy, MiniBatch } from "../../contract/nouns/mini-batch.ts";
import { contentOf, type FileCopies, type MadeCopy } from "../copies/file-copies.ts";
import { opener } from "../../files/opener.ts";
import { type Input, type ListedFile, placeOf, realPlace } from "../listing/listing.ts";
import { cutArrays } from "./cut-arrays.ts";
import { type Piece, problemPiece, slicePiece, wholePiece } from "./pieces.ts";
import { createParquetOpener, type ParquetOpener, readRowGroups, rowRanges } from "./split-parquet.ts";
import { splitText } from "./split-text.ts";
import { type Dialects, findRecords, findWesternText, isSameDialect } from "../dialects/file-dialect.ts";
import { isUndecided, onceDecided } from "../dialects/guess-encoding.ts";
import { changedSince, type Checked, emptyFile, type FileProblem, openListed, unreadable } from "../table-file.ts";

/** Everything that decides the mini-batches, beside the files themselves. */
export type PlanSettings = Dialects & {
  readonly input: Input;
  readonly source: ItemSource;
  /** The model's inputs that arrays of files fill, by name; left out: there are none. */
  readonly arrays?: readonly string[] | undefined;
  /** The encoding of scorer.yml; null: each file shows its own. */
  readonly encoding: string | null;
  /** Files in a mini-batch. */
  readonly miniBatchSize: number;
  /** Big text files are cut into slices of about so many bytes. */
  readonly sliceBytes: number;
  /** Files that are not cut share a mini-batch up to so many bytes, even where `miniBatchSize` would allow more. */
  readonly miniBatchBytes: number;
  /** Makes the copies of files that cannot be cut as they stand. */
  readonly copies: FileCopies;
  /** Slices are cut at multiples of so many rows from where the file, or a range of its row groups, begins. */
  readonly rowMultiple: number;
};

/** Where an earlier run stopped: the number of the next mini-batch, and where the last planned part ended. */
export type PlanPosition = {
  readonly nextMiniBatch: number;
  readonly after: {
    readonly file: string;
    readonly end: number;
    readonly nextRow: number;
    /** As the part has it. */
    readonly dialect?: CsvDialect | undefined;
    /** Length of the copy that it was cut from. */
    readonly copyBytes?: number | undefined;
  } | null;
};

export type PlannedMiniBatch = { readonly miniBatch: MiniBatch; readonly plannedBytes: number };

/** A mini-batch's output is held in memory until it is committed: this many rows is enough. */
const maxMiniBatchRows = 500_000;
const maxMiniBatchParts = 1000;

/**
 * Cuts listed files (in order) into mini-batches. Every `miniBatchSize` files are taken together: of these, small
 * neighbours share a mini-batch, and a big table is cut into slices, each a mini-batch of its own.
 *
 * Mini-batches depend on the files and the settings only, and each starts afresh where the one before it ended. So a plan
 * that goes on from any earlier mini-batch gives the same ones as a plan that was never interrupted.
 *
 * `files` must hold the same files in every run; those before `position.after` are passed over.
 */
export async function* planMiniBatches(
  settings: PlanSettings,
  files: AsyncIterable<ListedFile>,
  position: PlanPosition,
): AsyncGenerator<PlannedMiniBatch> {
  const cutter = createCutter(settings);
  const countsRows = ["table-rows", "text-lines", "array-rows"].includes(settings.source);
  const { after } = position;
  let id = position.nextMiniBatch;
  let isFound = after === null;
  let index = -1;
  let plannedBytes = 0;
  let waiting: Piece[] = [];
  let waitingBytes = 0;
  let waitingItems = 0;

  const take = (pieces: readonly Piece[], bytesOfThisFile: number): PlannedMiniBatch => {
    const parts = pieces.map((piece) => piece.part);
    const [first, ...others] = parts;
    if (first === undefined) throw new Error("A mini-batch has at least one part.");
    const miniBatch: MiniBatch = {
      id,
      items: parts.reduce((sum, part) => sum + part.items, 0),
      parts: [first, ...others],
    };
    id += 1;
    return { miniBatch, plannedBytes: plannedBytes + bytesOfThisFile };
  };
  const flush = (): PlannedMiniBatch[] => {
    if (waiting.length === 0) return [];
    const planned = take(waiting, 0);
    waiting = [];
    waitingBytes = 0;
    waitingItems = 0;
    return [planned];
  };

  for await (const file of files) {
    index += 1;
    let start: StartInFile | null = null;
    if (!isFound) {
      if (file.path !== after?.file) {
        plannedBytes += file.sizeBytes;
        continue;
      }
      isFound = true;
      if (after.end >= (after.copyBytes ?? file.sizeBytes)) {
        plannedBytes += file.sizeBytes;
        continue;
      }
      start = { byte: after.end, row: after.nextRow, dialect: after.dialect };
    }
    if (index % settings.miniBatchSize === 0) yield* flush();
    let cutBytes = start === null ? 0 : listedBytes(file, after?.copyBytes, start.byte);
    for await (const piece of cutter(file, start)) {
      if (!piece.isWholeFile) {
        yield* flush();
        cutBytes = Math.min(file.sizeBytes, cutBytes + listedBytes(file, piece.part.copy?.sizeBytes, piece.bytes));
        yield take([piece], cutBytes);
        continue;
      }
      const isFull =
        (countsRows &&
          (waitingBytes + piece.bytes > settings.miniBatchBytes ||
            waitingItems + piece.part.items > maxMiniBatchRows)) ||
        // A script is given its mini-batch whole.
        (settings.source !== "files" && waiting.length >= maxMiniBatchParts);
      if (isFull) yield* flush();
      waiting.push(piece);
      waitingBytes += piece.bytes;
      waitingItems += piece.part.items;
    }
    plannedBytes += file.sizeBytes;
  }
  if (!isFound) throw new Error(`The list of the job's files lacks "${after?.file ?? ""}".`);
  yield* flush();
}

/** How many bytes of a listed file so many bytes of its copy stand for. */
function listedBytes({ sizeBytes }: ListedFile, copyBytes: number | undefined, bytes: number): number {
  return copyBytes === undefined ? bytes : Math.round((bytes / Math.max(1, copyBytes)) * sizeBytes);
}

type StartInFile = { readonly byte: number; readonly row: number; readonly dialect: CsvDialect | undefined };

type Cutter = (file: ListedFile, start: StartInFile | null) => AsyncIterable<Piece> | Iterable<Piece>;

function createCutter(settings: PlanSettings): Cutter {
  const { input, source } = settings;
  const parquet = createParquetOpener(input);
  return (file, start) => {
    if (source === "files") return [wholePiece(file)];
    if (file.sizeBytes === 0) return [problemPiece(file, emptyFile)];
    if (source === "pictures" || source === "sounds") return [wholePiece(file)];
    if (source === "arrays")
      return [file.sizeBytes > mostArrayBytes ? problemPiece(file, arrayTooLarge) : wholePiece(file)];
    if (source === "text-files" && !isGuessed(settings) && !settings.copies.needsByName(file)) return [wholeText(file)];
    const opened = openListed(realPlace(input, file), file);
    if (!opened.ok) {
      // With the disk or share gone no file can be opened, and none of them is at fault.
      if (!existsSync(placeOf(input))) throw new Error(`The place of the input is gone: ${placeOf(input)}`);
      return [problemPiece(file, opened.problem === changedSince ? changedFile : opened.problem)];
    }
    if (source === "array-rows")
      return cutArrays(file, opened.value, start?.row ?? 1, { ...settings, mostRows: maxMiniBatchRows });
    const format: TableFormat | null = source === "text-lines" ? null : tableFormat(file.path, file.format);
    if (format === "parquet") return cutParquet(parquet, file, opened.value, start, settings);
    if (settings.copies.needs(opened.value, file)) return cutCopy(file, opened.value, start, format, settings);
    const text = { file, content: file };
    const isDelimited = format === "delimited";
    const begin = findStart(text, opened.value, start, isDelimited, settings);
    // Of many small files, waiting for what is there takes longer than cutting.
    return isUndecided(begin)
      ? cutOnceDecided(text, opened.value, start, isDelimited, settings)
      : cutText(text, opened.value, start, begin, isDelimited, settings);
  };
}

/** Whether texts are read in Windows-1252 because the first of them looked like it, so that each has to. */
function isGuessed({ source, dialect, encoding }: PlanSettings): boolean {
  const isText = source === "text-files" || source === "text-lines";
  return isText && encoding === null && dialect?.encoding === "windows-1252";
}

/** A file whose text is read: of itself, or of its copy. `content` is what is read, with its own size and time. */
type TextFile = { readonly file: ListedFile; readonly content: ListedFile; readonly copy?: FileCopy };

/** Closes `opened`. */
async function* cutCopy(
  file: ListedFile,
  opened: number,
  start: StartInFile | null,
  format: TableFormat | null,
  settings: PlanSettings,
): AsyncGenerator<Piece> {
  const made = await makeCopy(file, opened, settings);
  if (!made.ok) {
    yield problemPiece(file, made.problem === changedSince ? changedFile : made.problem);
    return;
  }
  const { copy } = made.value;
  const text = { file, content: contentOf(file, copy), copy };
  if (settings.source === "text-files") yield wholeText(text.content, file, copy);
  else yield* cutOnceDecided(text, openSync(copy.path, opener.flags), start, format === "delimited", settings);
}

/** `cutText`, of text whose encoding is not known before the detector is loaded. */
async function* cutOnceDecided(
  text: TextFile,
  opened: number,
  start: StartInFile | null,
  isDelimited: boolean,
  settings: PlanSettings,
): AsyncGenerator<Piece> {
  const begin = await onceDecided(() => findStart(text, opened, start, isDelimited, settings));
  yield* cutText(text, opened, start, begin, isDelimited, settings);
}

async function makeCopy(file: ListedFile, opened: number, { copies }: PlanSettings): Promise<Checked<MadeCopy>> {
  try {
    return await copies.make(opened, file);
  } finally {
    closeSync(opened);
  }
}

function wholeText(content: ListedFile, file = content, copy?: FileCopy): Piece {
  return content.sizeBytes > maxTextFileBytes ? problemPiece(file, textTooLong) : wholePiece(file, content, copy);
}

/** A whole text file is held in memory, several of them at once. */
const maxTextFileBytes = 16 * 1024 * 1024;
const textTooLong: FileProblem = {
  code: "text-too-long",
  message: "The file is larger than 16 MiB, which is more than one text may be; use items: line for its lines.",
};

const arrayTooLarge: FileProblem = {
  code: "array-too-large",
  message: "The file is larger than 256 MiB, which is more than one item may be; use items: axis for its first axis.",
};

/** It cannot be cut any more as it was listed, be it from its beginning or from where an earlier run had stopped. */
const changedFile: FileProblem = {
  code: "input-changed",
  message: "The file was changed after the job had listed it; what had not been planned of it counts as one item.",
};

/** Closes `opened`. */
function* cutText(
  text: TextFile,
  opened: number,
  start: StartInFile | null,
  begin: Checked<StartInFile>,
  isDelimited: boolean,
  settings: PlanSettings,
): Generator<Piece> {
  try {
    const { sizeBytes } = text.content;
    if (!begin.ok) {
      yield problemPiece(text.file, begin.problem);
      return;
    }
    if (settings.source === "text-files") {
      yield wholeText(text.content, text.file, text.copy);
      return;
    }
    const { byte, row, dialect: own } = begin.value;
    const dialect = isDelimited ? (own ?? settings.dialect ?? defaultDialect) : null;
    const limits = {
      bytes: sizeBytes > 2 * settings.sliceBytes ? settings.sliceBytes : Number.POSITIVE_INFINITY,
      rows: maxMiniBatchRows,
      rowMultiple: settings.rowMultiple,
    };
    for (const slice of splitText(opened, byte, sizeBytes, row, dialect, limits)) {
      const isWholeFile = start === null && slice.firstRow === 1 && slice.end === sizeBytes;
      yield slicePiece(text, slice, own, isWholeFile);
    }
  } finally {
    closeSync(opened);
  }
}

/**
 * Where the records begin, unless an earlier run has begun already: after the byte order mark, and after the header of a
 * delimited file.
 */
function findStart(
  { content }: TextFile,
  opened: number,
  start: StartInFile | null,
  isDelimited: boolean,
  settings: PlanSettings,
): Checked<StartInFile> {
  if (start !== null) return { ok: true, value: start };
  try {
    const found = isGuessed(settings)
      ? findWesternText(opened, content)
      : findRecords(opened, content, isDelimited ? settings : null);
    if (!found.ok) return found;
    const { dataStart, dialect } = found.value;
    const isJobs = dialect === null || isSameDialect(dialect, settings.dialect ?? defaultDialect);
    return { ok: true, value: { byte: dataStart, row: 1, dialect: isJobs ? undefined : dialect } };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

/** Closes `opened`. */
async function* cutParquet(
  parquet: ParquetOpener,
  file: ListedFile,
  opened: number,
  start: StartInFile | null,
  { sliceBytes, rowMultiple }: PlanSettings,
): AsyncGenerator<Piece> {
  const groups = await parquet(opened, file, readRowGroups);
  if (!groups.ok) {
    yield problemPiece(file, groups.problem === changedSince ? changedFile : groups.problem);
    return;
  }
  const ranges = rowRanges(groups.value, sliceBytes, rowMultiple);
  for (const range of ranges) {
    if (start !== null && range.firstRow < start.row) continue;
    const slice = { start: 0, end: 0, firstRow: range.firstRow, items: range.items };
    const piece = slicePiece({ file }, slice, undefined, ranges.length === 1);
    yield { ...piece, bytes: range.bytes };
  }
}
