import { open, type FileHandle } from "node:fs/promises";
import type { ResultsPage } from "../contract/results-messages.ts";
import { csvCells } from "./csv-cells.ts";
import { boundaryAfter, extendRowIndex, markBefore, newRowIndex, splitRows, type RowIndex } from "./row-index.ts";

const chunkBytes = 1024 * 1024;

/** Bytes that one request may read beyond its page to find out how many rows there are. */
const countingBytes = 96 * 1024 * 1024;

/** Files whose row index is kept. */
const rememberedFiles = 8;

/** Row indexes by the identity of the file, so that a `.part` file keeps its index when it gets its final name. */
export type RowIndexes = Map<string, RowIndex>;

/**
 * Rows `offset` to `offset + limit` of a CSV file that this program wrote (UTF-8, line feed, comma, header). Only the
 * first `lengthBytes` bytes are looked at (null: all of it), which must end at a row's end when given.
 *
 * `totalRows` is null while a big file has not been counted to its end; each request counts on.
 * @throws when the file cannot be opened or read.
 */
export async function readCsvPage(
  indexes: RowIndexes,
  request: {
    readonly file: string;
    readonly lengthBytes: number | null;
    readonly offset: number;
    readonly limit: number;
  },
): Promise<ResultsPage> {
  const handle = await open(request.file, "r");
  try {
    const facts = await handle.stat({ bigint: true });
    const size = Number(facts.size);
    const length = Math.min(size, request.lengthBytes ?? size);
    const index = indexOf(indexes, `${facts.dev}:${facts.ino}:${facts.birthtimeNs}`, length);
    const wanted = request.offset + request.limit;
    await scan(handle, index, length, () => index.completeRows >= wanted);
    const countUntil = index.scannedBytes + countingBytes;
    await scan(handle, index, length, () => index.scannedBytes >= countUntil);

    const columns = index.firstRow === null ? [] : await readHeader(handle, index.firstRow);
    const rows = await readRows(handle, index, request.offset, request.limit);
    return { columns, rows, totalRows: index.scannedBytes >= length ? index.completeRows : null };
  } finally {
    await handle.close();
  }
}

function indexOf(indexes: RowIndexes, key: string, length: number): RowIndex {
  const known = indexes.get(key);
  // A file that is shorter than what was read of it is another file.
  const index = known !== undefined && known.scannedBytes <= length ? known : newRowIndex();
  indexes.delete(key);
  indexes.set(key, index);
  for (const oldest of indexes.keys()) {
    if (indexes.size <= rememberedFiles) break;
    indexes.delete(oldest);
  }
  return index;
}

async function scan(handle: FileHandle, index: RowIndex, length: number, enough: () => boolean): Promise<void> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  while (index.scannedBytes < length && !enough()) {
    const { bytesRead } = await handle.read(
      buffer,
      0,
      Math.min(chunkBytes, length - index.scannedBytes),
      index.scannedBytes,
    );
    if (bytesRead === 0) return;
    extendRowIndex(index, buffer.subarray(0, bytesRead));
  }
}

async function readHeader(handle: FileHandle, firstRow: number): Promise<string[]> {
  const bytes = await readBytes(handle, 0, firstRow - 1);
  return csvCells(bytes.toString("utf8"));
}

async function readRows(handle: FileHandle, index: RowIndex, offset: number, limit: number): Promise<string[][]> {
  if (offset >= index.completeRows) return [];
  const from = markBefore(index, offset);
  const end = Math.min(offset + limit, index.completeRows);
  const bytes = await readBytes(handle, from.position, boundaryAfter(index, end) - from.position);
  return splitRows(bytes, offset - from.row, end - offset).map((row) => csvCells(Buffer.from(row).toString("utf8")));
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
