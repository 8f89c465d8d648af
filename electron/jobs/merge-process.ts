import crypto from "node:crypto";
import fs from "node:fs/promises";
import type { FromMergeProcess, MergeRecord, ToMergeProcess } from "../contract/merge-messages.ts";
import { toMergeProcessSchema } from "../contract/merge-messages.ts";
import { connectToParent } from "../contract/parent-port.ts";
import { errorsHeaderLine, predictionsHeader } from "../contract/prediction-columns.ts";
import { errnoOf } from "./blocked.ts";
import { writeParquet } from "./merge-parquet.ts";

/** Entry of the merge process: see contract/merge-messages.ts. One job, one message at a time. */

type OpenFiles = {
  readonly request: Extract<ToMergeProcess, { type: "open" }>;
  readonly rows: fs.FileHandle;
  readonly errors: fs.FileHandle;
};

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
    return { type: "failed", message: error instanceof Error ? error.message : String(error), errno: errnoOf(error) };
  }
}

function opened(): OpenFiles {
  if (files === null) throw new Error("The merge process was asked to write before its files were open.");
  return files;
}

async function open(request: OpenFiles["request"]): Promise<FromMergeProcess> {
  const rowsHeader = Buffer.from(predictionsHeader(request.spec));
  const errorsHeaderBytes = Buffer.from(errorsHeaderLine);
  const rows = await openPart(request.rowsPart);
  const errors = await openPart(request.errorsPart);
  const found = { rows: (await rows.stat()).size, errors: (await errors.stat()).size };
  await rows.write(rowsHeader, 0, rowsHeader.byteLength, 0);
  await errors.write(errorsHeaderBytes, 0, errorsHeaderBytes.byteLength, 0);
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
    return fs.open(file, "w+");
  }
}

async function append(
  { rows, errors }: OpenFiles,
  message: Extract<ToMergeProcess, { type: "append" }>,
): Promise<FromMergeProcess> {
  let rowsEnd = message.rowsPosition;
  let errorsEnd = message.errorsPosition;
  const segments = new Map<string, fs.FileHandle>();
  try {
    for (const record of message.records) {
      const segment = segments.get(record.segmentFile) ?? (await fs.open(record.segmentFile, "r"));
      segments.set(record.segmentFile, segment);
      await copyRecord(segment, record, rows, rowsEnd, errors, errorsEnd);
      rowsEnd += record.rowsBytes;
      errorsEnd += record.errorsBytes;
    }
  } finally {
    for (const segment of segments.values()) await segment.close();
  }
  await Promise.all([rows.datasync(), errors.datasync()]);
  return { type: "appended", rowsEnd, errorsEnd };
}

/** Copies one record, rows to one file and errors to the other, and checks that it is what its worker wrote. */
async function copyRecord(
  segment: fs.FileHandle,
  record: MergeRecord,
  rows: fs.FileHandle,
  rowsPosition: number,
  errors: fs.FileHandle,
  errorsPosition: number,
): Promise<void> {
  const hash = crypto.createHash("sha256");
  const parts = [
    { target: rows, position: rowsPosition, from: record.offset, length: record.rowsBytes },
    { target: errors, position: errorsPosition, from: record.offset + record.rowsBytes, length: record.errorsBytes },
  ];
  for (const part of parts) {
    let copied = 0;
    while (copied < part.length) {
      const wanted = Math.min(copyBlock.byteLength, part.length - copied);
      const { bytesRead } = await segment.read(copyBlock, 0, wanted, part.from + copied);
      if (bytesRead === 0) throw new Error(`${record.segmentFile} is shorter than its journal says.`);
      const block = copyBlock.subarray(0, bytesRead);
      hash.update(block);
      await part.target.write(block, 0, bytesRead, part.position + copied);
      copied += bytesRead;
    }
  }
  if (hash.digest("hex").slice(0, 16) !== record.checksum) {
    throw new Error(`A record of ${record.segmentFile} is not what was written: the disk may be failing.`);
  }
}

async function finish(
  { request, rows, errors }: OpenFiles,
  message: Extract<ToMergeProcess, { type: "finish" }>,
): Promise<FromMergeProcess> {
  await rows.truncate(message.rowsBytes);
  await errors.truncate(message.errorsBytes);
  await Promise.all([rows.sync(), errors.sync()]);
  if (message.parquetPart !== null) {
    await writeParquet(request.spec, request.rowsPart, message.parquetPart);
    const parquet = await fs.open(message.parquetPart, "r+");
    await parquet.sync();
    await parquet.close();
  }
  await rows.close();
  await errors.close();
  files = null;
  return { type: "finished" };
}
