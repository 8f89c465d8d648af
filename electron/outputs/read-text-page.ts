import { open, type FileHandle } from "node:fs/promises";
import { opener } from "../files/opener.ts";
import type { ReadableFile, ResultsFormat, ResultsPage } from "../contract/messages/results-messages.ts";
import { csvCells, shortened } from "./csv-cells.ts";
import { type JsonRow, jsonRow } from "./json-row.ts";
import {
  boundaryAfter,
  extendRowIndex,
  type LineRules,
  markBefore,
  newRowIndex,
  splitRows,
  type RowIndex,
} from "./row-index.ts";

type TextFormat = Exclude<ResultsFormat, "parquet">;

const lineRules: Readonly<Record<TextFormat, LineRules>> = {
  csv: { hasHeader: true, style: "quoted" },
  jsonl: { hasHeader: false, style: "lines" },
  "azureml-frame": { hasHeader: false, style: "quoted" },
  "azureml-mlflow": { hasHeader: false, style: "quoted" },
  lines: { hasHeader: false, style: "lines" },
};

const chunkBytes = 1024 * 1024;

/** Bytes that one request may read beyond its page to find out how many rows there are. */
const countingBytes = 96 * 1024 * 1024;

/** Files whose row index is kept. */
const rememberedFiles = 8;

/** Row indexes by the identity of the file, so that a `.part` file keeps its index when it gets its final name. */
export type RowIndexes = Map<string, RowIndex>;

/**
 * Rows `offset` to `offset + limit` of a file of text that this program wrote (UTF-8, line feeds). Only the first `lengthBytes` bytes are looked at (null: all of it), which must end at a row's end when given.
 *
 * `totalRows` is null while a big file has not been counted to its end; each request counts on.
 * @throws when the file cannot be opened or read.
 */
export async function readTextPage(
  indexes: RowIndexes,
  request: ReadableFile & {
    readonly format: TextFormat;
    readonly offset: number;
    readonly limit: number;
  },
): Promise<ResultsPage> {
  const handle = await open(request.file, opener.namedFlags);
  try {
    const facts = await handle.stat({ bigint: true });
    const size = Number(facts.size);
    const length = Math.min(size, request.lengthBytes ?? size);
    const index = indexOf(
      indexes,
      `${request.format}:${facts.dev}:${facts.ino}:${facts.birthtimeNs}`,
      length,
      lineRules[request.format],
    );
    const wanted = request.offset + request.limit;
    await scan(handle, index, length, () => index.completeRows >= wanted);
    const countUntil = index.scannedBytes + countingBytes;
    await scan(handle, index, length, () => index.scannedBytes >= countUntil);

    const lines = await readRows(handle, index, request.offset, request.limit);
    const totalRows = index.scannedBytes >= length ? index.completeRows : null;
    return { ...(await pageOf(handle, index, request, lines)), totalRows };
  } finally {
    await handle.close();
  }
}

function indexOf(indexes: RowIndexes, key: string, length: number, lines: LineRules): RowIndex {
  const known = indexes.get(key);
  // A file that is shorter than what was read of it is another file.
  const index = known !== undefined && known.scannedBytes <= length ? known : newRowIndex(lines);
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

/** The columns of the file, and the rows of a page as cells. */
async function pageOf(
  handle: FileHandle,
  index: RowIndex,
  { format, columns }: { readonly format: TextFormat; readonly columns?: readonly string[] | undefined },
  lines: readonly string[],
): Promise<Omit<ResultsPage, "totalRows">> {
  switch (format) {
    case "csv":
      return {
        columns: index.firstRow === null ? [] : await readHeader(handle, index.firstRow),
        rows: lines.map((line) => csvCells(line)),
      };
    case "azureml-frame":
    case "azureml-mlflow": {
      const separator = format === "azureml-frame" ? " " : ",";
      return { columns: [...(columns ?? [])], rows: lines.map((line) => csvCells(line, separator)) };
    }
    case "lines":
      return { columns: [...(columns ?? [])], rows: lines.map((line) => [shortened(line)]) };
    case "jsonl": {
      const parsed = lines.map((line) => jsonRow(line));
      const names = columns ?? [...(await firstJsonRow(handle, index)).keys()];
      return { columns: [...names], rows: parsed.map((row) => names.map((name) => row.get(name) ?? "")) };
    }
  }
}

async function firstJsonRow(handle: FileHandle, index: RowIndex): Promise<JsonRow> {
  const [line] = await readRows(handle, index, 0, 1);
  return line === undefined ? new Map() : jsonRow(line);
}

async function readHeader(handle: FileHandle, firstRow: number): Promise<string[]> {
  const bytes = await readBytes(handle, 0, firstRow - 1);
  return csvCells(bytes.toString("utf8"));
}

async function readRows(handle: FileHandle, index: RowIndex, offset: number, limit: number): Promise<string[]> {
  if (offset >= index.completeRows) return [];
  const from = markBefore(index, offset);
  const end = Math.min(offset + limit, index.completeRows);
  const bytes = await readBytes(handle, from.position, boundaryAfter(index, end) - from.position);
  return splitRows(bytes, index.lines, offset - from.row, end - offset).map((row) => Buffer.from(row).toString("utf8"));
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
