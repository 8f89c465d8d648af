import crypto from "node:crypto";
import fs, { constants } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import type {
  FromMergeProcess,
  MergeRecord,
  PartChecks,
  ToMergeProcess,
} from "../../contract/messages/merge-messages.ts";
import { toMergeProcessSchema } from "../../contract/messages/merge-messages.ts";
import { connectToParent } from "../../contract/messages/parent-port.ts";
import { errorsHeaderLine, predictionsHeader } from "../../contract/nouns/prediction-columns.ts";
import { fileModeIn } from "../../contract/processes/file-modes.ts";
import { type WrittenFile, writtenFolders } from "../../contract/nouns/written-file.ts";
import { errnoOf } from "../folder/blocked.ts";
import { makePartsFolder } from "../folder/parts-folder.ts";
import { fileAt, writtenFile } from "../folder/written-file.ts";
import { addItemFiles } from "./add-item-files.ts";
import { type ItemFolders, makeItemFolders, SameName } from "./item-folders.ts";
import { writeParquet } from "./merge-parquet.ts";
import { openSegment, readSegment, SegmentUnreadable } from "./segment-files.ts";
import { scriptRowsHeader, translateRows } from "./script-rows.ts";

/** Entry of the merge process: see contract/merge-messages.ts. One job, one message at a time. */

type OpenFiles = {
  readonly request: Extract<ToMergeProcess, { type: "open" }>;
  readonly rows: Part;
  readonly errors: Part;
  readonly itemFolders: ItemFolders;
};

type Part = {
  readonly file: string;
  readonly handle: fs.FileHandle;
  /** As it was when it was opened. */
  readonly found: WrittenFile;
  /** When this process last wrote to it. */
  written: string;
};

/** Thrown where a file is not the one that this process writes: bytes written to it would be lost, or another job's. */
class PartGone extends Error {
  readonly file: string;
  constructor(file: string) {
    super(`${file} is another file now.`);
    this.file = file;
  }
}

const copyBlock = Buffer.allocUnsafeSlow(1 << 18);
const port = connectToParent(process);
let files: OpenFiles | null = null;
let work: Promise<void> = Promise.resolve();

port.onMessage((raw) => {
  const message = toMergeProcessSchema.parse(raw);
  work = work.then(async () => {
    port.send(await answer(message));
  });
});

async function answer(message: ToMergeProcess): Promise<FromMergeProcess> {
  try {
    switch (message.type) {
      case "open":
        return await open(message);
      case "append":
        return await append(opened(), message);
      case "finish":
        return await finish(opened(), message);
    }
  } catch (error) {
    if (error instanceof PartGone) return { type: "gone", file: error.file };
    if (error instanceof SameName) return { type: "same-name", file: error.file };
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof SegmentUnreadable
      ? { type: "failed", place: "segments", message, errno: error.errno }
      : { type: "failed", place: "output", message, errno: errnoOf(error) };
  }
}

function opened(): OpenFiles {
  if (files === null) throw new Error("The merge process was asked to write before its files were open.");
  return files;
}

async function open(request: OpenFiles["request"]): Promise<FromMergeProcess> {
  // The columns of a script come with its rows.
  const isScript = request.spec.scorer.kind === "script";
  const rowsHeader = Buffer.from(isScript ? "" : predictionsHeader(request.spec));
  const errorsHeaderBytes = Buffer.from(errorsHeaderLine);
  // A script may have cleared its output folder, hidden folders and all.
  await makePartsFolder(request.rowsPart);
  const rows = await openPart(request.rowsPart, request.own?.rows ?? null);
  const errors = await openPart(request.errorsPart, request.own?.errors ?? null);
  const { merged } = request;
  const itemFolders = await makeItemFolders(request.itemFolders, request.rowsPart);
  // The item files of what is merged have to be written again.
  const isMadeAnew = itemFolders.made.length > 0;
  const isChanged = merged !== null && (isMadeAnew || !(await isAsMerged(rows.handle, errors.handle, merged)));
  await writeWhole(rows.handle, rowsHeader, 0);
  await writeWhole(errors.handle, errorsHeaderBytes, 0);
  await noteTime(rows, 0);
  await noteTime(errors, 0);
  files = { request, rows, errors, itemFolders };
  return {
    type: "opened",
    rowsHeaderBytes: rowsHeader.byteLength,
    errorsHeaderBytes: errorsHeaderBytes.byteLength,
    rows: rows.found,
    errors: errors.found,
    folders: writtenFolders((folder) => itemFolders.made.find(({ name }) => name === folder)?.found ?? null),
    checks: { rows: crc32(rowsHeader), errors: crc32(errorsHeaderBytes) },
    isChanged,
  };
}

type Merged = NonNullable<OpenFiles["request"]["merged"]>;

async function isAsMerged(rows: fs.FileHandle, errors: fs.FileHandle, merged: Merged): Promise<boolean> {
  const { rowsEnd, errorsEnd, checks } = merged;
  return (await checkUpTo(rows, rowsEnd)) === checks.rows && (await checkUpTo(errors, errorsEnd)) === checks.errors;
}

/** Null when the file is shorter. */
async function checkUpTo(file: fs.FileHandle, end: number): Promise<number | null> {
  let check = 0;
  for (let position = 0; position < end; ) {
    const { bytesRead } = await file.read(copyBlock, 0, Math.min(copyBlock.byteLength, end - position), position);
    if (bytesRead === 0) return null;
    check = crc32(copyBlock.subarray(0, bytesRead), check);
    position += bytesRead;
  }
  return check;
}

/**
 * For reading and writing at positions, never cut. A file that is not the job's own is replaced: a link there would lead the
 * rows elsewhere, and what an earlier process of this run made and could not tell of has nothing that is journalled.
 */
async function openPart(file: string, own: WrittenFile | null): Promise<Part> {
  const there = await fileAt(file);
  const isOwn = there !== null && there.id === own?.id;
  if (there !== null && !isOwn) await fs.unlink(file);
  const handle = isOwn
    ? await fs.open(file, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    : await fs.open(file, "wx+", fileModeIn(await fs.stat(path.dirname(file))));
  const found = writtenFile(await handle.stat({ bigint: true }));
  if (isOwn && found.id !== there.id) throw new PartGone(file);
  return { file, handle, found, written: found.modified };
}

async function append(
  { request, rows, errors, itemFolders }: OpenFiles,
  message: Extract<ToMergeProcess, { type: "append" }>,
): Promise<FromMergeProcess> {
  const { columns } = message;
  await checkContent(rows, message.rowsPosition, message.checks?.rows);
  await checkContent(errors, message.errorsPosition, message.checks?.errors);
  let rowsEnd = message.rowsPosition;
  let checks = message.checks;
  if (columns !== null && rowsEnd === 0) {
    const header = Buffer.from(scriptRowsHeader(columns, request.spec.output));
    await rows.handle.truncate(0);
    await writeWhole(rows.handle, header, 0);
    rowsEnd = header.byteLength;
    checks = checks === null ? null : { ...checks, rows: crc32(header) };
  }
  let errorsEnd = message.errorsPosition;
  const damaged: number[] = [];
  const segments = new Map<string, fs.FileHandle | null>();
  try {
    for (const [index, record] of message.records.entries()) {
      let segment = segments.get(record.segmentFile);
      if (segment === undefined) {
        segment = await openSegment(record.segmentFile);
        segments.set(record.segmentFile, segment);
      }
      const translate =
        columns === null || record.columns === null
          ? asTheyAre
          : translateRows(record.columns, columns, request.spec.output);
      const written =
        segment === null
          ? null
          : await copyRecord(segment, record, translate, rows.handle, rowsEnd, errors.handle, errorsEnd, checks);
      const isWhole = written !== null && (await addItemFiles(itemFolders, record));
      if (!isWhole) damaged.push(index);
      rowsEnd += written?.rowsBytes ?? 0;
      checks = written?.checks ?? checks;
      errorsEnd += record.errorsBytes;
    }
  } finally {
    for (const segment of segments.values()) await segment?.close();
  }
  const [first, ...others] = damaged;
  if (first !== undefined) {
    await itemFolders.takeBack();
    return { type: "damaged", records: [first, ...others] };
  }
  itemFolders.keep();
  await Promise.all([rows.handle.datasync(), errors.handle.datasync()]);
  await noteTime(rows, rowsEnd);
  await noteTime(errors, errorsEnd);
  await checkFolders(itemFolders);
  return { type: "appended", rowsEnd, errorsEnd, checks };
}

/** The names still lead to the folders that were made. */
async function checkFolders({ made }: ItemFolders): Promise<void> {
  for (const { part, found } of made) if ((await fileAt(part))?.id !== found.id) throw new PartGone(part);
}

/**
 * The name still leads to the file that is open, and that holds all that is merged. Bytes written to a file without a name
 * would never be seen again; written behind the end of one that was cut they would leave a hole.
 */
async function checkPart({ file, found }: Part, mergedBytes: number): Promise<WrittenFile> {
  const now = await fileAt(file);
  if (now?.id !== found.id || now.bytes < mergedBytes) throw new PartGone(file);
  return now;
}

/**
 * The same, and what is merged is still what was merged: somebody may have written into it. That costs reading it, so the
 * time of the file tells first whether anybody did. Some shares note a time late, which is then nobody's doing.
 */
async function checkContent(part: Part, mergedBytes: number, check: number | undefined): Promise<void> {
  const { modified } = await checkPart(part, mergedBytes);
  if (modified === part.written || check === undefined) return;
  if ((await checkUpTo(part.handle, mergedBytes)) !== check) throw new PartGone(part.file);
  part.written = modified;
}

async function noteTime(part: Part, mergedBytes: number): Promise<void> {
  part.written = (await checkPart(part, mergedBytes)).modified;
}

const asTheyAre = (bytes: Buffer): Buffer => bytes;

/**
 * Copies one record, rows (as `translate` gives them) to one file and errors to the other. The length of those rows, and
 * the checks of both files behind it (null without those before it); null when the record is not what its worker wrote.
 */
async function copyRecord(
  segment: fs.FileHandle,
  record: MergeRecord,
  translate: (bytes: Buffer) => Buffer,
  rows: fs.FileHandle,
  rowsPosition: number,
  errors: fs.FileHandle,
  errorsPosition: number,
  before: PartChecks | null,
): Promise<{ readonly rowsBytes: number; readonly checks: PartChecks | null } | null> {
  const hash = crypto.createHash("sha256");
  const parts = [
    {
      file: "rows",
      target: rows,
      start: rowsPosition,
      from: record.offset,
      length: record.rowsBytes,
      change: translate,
    },
    {
      file: "errors",
      target: errors,
      start: errorsPosition,
      from: record.offset + record.rowsBytes,
      length: record.errorsBytes,
      change: asTheyAre,
    },
  ] as const;
  let rowsBytes = 0;
  const checks = { rows: before?.rows ?? 0, errors: before?.errors ?? 0 };
  for (const part of parts) {
    let copied = 0;
    let position = part.start;
    while (copied < part.length) {
      const wanted = Math.min(copyBlock.byteLength, part.length - copied);
      const bytesRead = await readSegment(segment, copyBlock.subarray(0, wanted), part.from + copied);
      if (bytesRead === 0) return null;
      const block = copyBlock.subarray(0, bytesRead);
      hash.update(block);
      const changed = part.change(block);
      await writeWhole(part.target, changed, position);
      checks[part.file] = crc32(changed, checks[part.file]);
      position += changed.byteLength;
      copied += bytesRead;
    }
    if (part.file === "rows") rowsBytes = position - part.start;
  }
  const isWhole = hash.digest("hex").slice(0, 16) === record.checksum;
  return isWhole ? { rowsBytes, checks: before === null ? null : checks } : null;
}

/** A disk that fills up takes a part of the bytes before it refuses the rest. */
async function writeWhole(file: fs.FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, written, bytes.byteLength - written, position + written);
    written += bytesWritten;
  }
}

async function finish(
  { request, rows, errors, itemFolders }: OpenFiles,
  message: Extract<ToMergeProcess, { type: "finish" }>,
): Promise<FromMergeProcess> {
  await checkContent(rows, message.rowsBytes, message.checks?.rows);
  await checkContent(errors, message.errorsBytes, message.checks?.errors);
  await rows.handle.truncate(message.rowsBytes);
  await errors.handle.truncate(message.errorsBytes);
  await Promise.all([rows.handle.sync(), errors.handle.sync()]);
  await noteTime(rows, message.rowsBytes);
  await noteTime(errors, message.errorsBytes);
  const { parquetPart, columns } = message;
  const parquet = parquetPart === null ? null : await makeParquet(request, columns, parquetPart);
  const parts = {
    rows: await closePart(rows, message.rowsBytes, message.checks?.rows),
    errors: await closePart(errors, message.errorsBytes, message.checks?.errors),
    parquet,
    ...(await itemFolders.sync()),
  };
  await checkFolders(itemFolders);
  files = null;
  return { type: "finished", parts };
}

/** The file as it stays. Asked for by its name, and after it was closed: some shares note the time only then. */
async function closePart(part: Part, bytes: number, check: number | undefined): Promise<WrittenFile> {
  const { file, handle, found } = part;
  // Making the Parquet file may have taken a while.
  await checkContent(part, bytes, check);
  await handle.close();
  const written = await fileAt(file);
  if (written?.id !== found.id || written.bytes !== bytes) throw new PartGone(file);
  return written;
}

/** In a file that was not there: so it is known which one it is, whatever becomes of its name meanwhile. */
async function makeParquet(
  { spec, rowsPart }: OpenFiles["request"],
  columns: Extract<ToMergeProcess, { type: "finish" }>["columns"],
  parquetPart: string,
): Promise<WrittenFile> {
  const made = await openPart(parquetPart, null);
  // DuckDB opens it by itself, which Windows would not let it do now.
  await made.handle.close();
  await writeParquet(spec, columns, rowsPart, parquetPart, (share) => port.send({ type: "progress", share }));
  const written = await openPart(parquetPart, made.found);
  await written.handle.sync();
  const { size } = await written.handle.stat();
  if (written.found.id !== made.found.id) throw new PartGone(parquetPart);
  return closePart(written, size, undefined);
}
