import crypto from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import type { FromMergeProcess, MergeRecord, ToMergeProcess } from "../../contract/messages/merge-messages.ts";
import { toMergeProcessSchema } from "../../contract/messages/merge-messages.ts";
import { connectToParent } from "../../contract/messages/parent-port.ts";
import { errorsHeaderLine, predictionsHeader } from "../../contract/nouns/prediction-columns.ts";
import { fileModeIn } from "../../contract/processes/file-modes.ts";
import { errnoOf } from "../folder/blocked.ts";
import { writeParquet } from "./merge-parquet.ts";
import { scriptRowsHeader, translateRows } from "./script-rows.ts";

/** Entry of the merge process: see contract/merge-messages.ts. One job, one message at a time. */

type OpenFiles = {
  readonly request: Extract<ToMergeProcess, { type: "open" }>;
  readonly rows: fs.FileHandle;
  readonly errors: fs.FileHandle;
};

/** Thrown where the file system refused to read a segment: that is the workspace's place, not the output's. */
class SegmentUnreadable extends Error {
  readonly errno: string;
  constructor(cause: unknown, errno: string) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.errno = errno;
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
  const rows = await openPart(request.rowsPart);
  const errors = await openPart(request.errorsPart);
  const found = { rows: (await rows.stat()).size, errors: (await errors.stat()).size };
  await writeWhole(rows, rowsHeader, 0);
  await writeWhole(errors, errorsHeaderBytes, 0);
  files = { request, rows, errors };
  return {
    type: "opened",
    rowsHeaderBytes: rowsHeader.byteLength,
    errorsHeaderBytes: errorsHeaderBytes.byteLength,
    rowsBytes: found.rows,
    errorsBytes: found.errors,
  };
}

/** For reading and writing at positions, made when missing, never cut. */
async function openPart(file: string): Promise<fs.FileHandle> {
  try {
    return await fs.open(file, "r+");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return fs.open(file, "w+", fileModeIn(await fs.stat(path.dirname(file))));
  }
}

async function append(
  { request, rows, errors }: OpenFiles,
  message: Extract<ToMergeProcess, { type: "append" }>,
): Promise<FromMergeProcess> {
  const { columns } = message;
  let rowsEnd = message.rowsPosition;
  if (columns !== null && rowsEnd === 0) {
    const header = Buffer.from(scriptRowsHeader(columns, request.spec.output));
    await rows.truncate(0);
    await writeWhole(rows, header, 0);
    rowsEnd = header.byteLength;
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
        segment === null ? null : await copyRecord(segment, record, translate, rows, rowsEnd, errors, errorsEnd);
      if (written === null) damaged.push(index);
      rowsEnd += written ?? 0;
      errorsEnd += record.errorsBytes;
    }
  } finally {
    for (const segment of segments.values()) await segment?.close();
  }
  const [first, ...others] = damaged;
  if (first !== undefined) return { type: "damaged", records: [first, ...others] };
  await Promise.all([rows.datasync(), errors.datasync()]);
  return (await haveTheirNames({ request, rows, errors }))
    ? { type: "appended", rowsEnd, errorsEnd }
    : { type: "gone" };
}

/** Null when the file is not there any more. */
async function openSegment(file: string): Promise<fs.FileHandle | null> {
  try {
    return await fs.open(file, "r");
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT") return null;
    throw new SegmentUnreadable(error, errno ?? "EIO");
  }
}

/** Bytes written to a file that lost its name, or whose folder did, would never be seen again. */
async function haveTheirNames({ request, rows, errors }: OpenFiles): Promise<boolean> {
  return (await hasName(rows, request.rowsPart)) && (await hasName(errors, request.errorsPart));
}

async function hasName(handle: fs.FileHandle, name: string): Promise<boolean> {
  const open = await handle.stat({ bigint: true });
  try {
    const named = await fs.stat(name, { bigint: true });
    return named.ino === open.ino && named.dev === open.dev;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return false;
    throw error;
  }
}

const asTheyAre = (bytes: Buffer): Buffer => bytes;

/**
 * Copies one record, rows (as `translate` gives them) to one file and errors to the other. The length of those rows, null
 * when the record is not what its worker wrote.
 */
async function copyRecord(
  segment: fs.FileHandle,
  record: MergeRecord,
  translate: (bytes: Buffer) => Buffer,
  rows: fs.FileHandle,
  rowsPosition: number,
  errors: fs.FileHandle,
  errorsPosition: number,
): Promise<number | null> {
  const hash = crypto.createHash("sha256");
  const parts = [
    { target: rows, start: rowsPosition, from: record.offset, length: record.rowsBytes, change: translate },
    {
      target: errors,
      start: errorsPosition,
      from: record.offset + record.rowsBytes,
      length: record.errorsBytes,
      change: asTheyAre,
    },
  ];
  let rowsWritten = 0;
  for (const part of parts) {
    let copied = 0;
    let position = part.start;
    while (copied < part.length) {
      const wanted = Math.min(copyBlock.byteLength, part.length - copied);
      const bytesRead = await readSegment(segment, wanted, part.from + copied);
      if (bytesRead === 0) return null;
      const block = copyBlock.subarray(0, bytesRead);
      hash.update(block);
      const changed = part.change(block);
      await writeWhole(part.target, changed, position);
      position += changed.byteLength;
      copied += bytesRead;
    }
    if (part.target === rows) rowsWritten = position - part.start;
  }
  return hash.digest("hex").slice(0, 16) === record.checksum ? rowsWritten : null;
}

async function readSegment(segment: fs.FileHandle, bytes: number, position: number): Promise<number> {
  try {
    return (await segment.read(copyBlock, 0, bytes, position)).bytesRead;
  } catch (error) {
    throw new SegmentUnreadable(error, errnoOf(error) ?? "EIO");
  }
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
  { request, rows, errors }: OpenFiles,
  message: Extract<ToMergeProcess, { type: "finish" }>,
): Promise<FromMergeProcess> {
  if (!(await haveTheirNames({ request, rows, errors }))) return { type: "gone" };
  await rows.truncate(message.rowsBytes);
  await errors.truncate(message.errorsBytes);
  await Promise.all([rows.sync(), errors.sync()]);
  if (message.parquetPart !== null) {
    await writeParquet(request.spec, message.columns, request.rowsPart, message.parquetPart);
    const parquet = await fs.open(message.parquetPart, "r+");
    await parquet.sync();
    await parquet.close();
  }
  await rows.close();
  await errors.close();
  files = null;
  return { type: "finished" };
}
