import { closeSync, readSync } from "node:fs";
import {
  byteOrderMarkLength,
  carriageReturn,
  type CsvDialect,
  createRecordScanner,
  headerNames,
  lineFeed,
  maxRecordBytes,
  quoteMark,
  scanRecord,
  setScannerWindow,
} from "../contract/tables/csv.ts";
import type { ItemErrorCode } from "../contract/item-error.ts";
import { isReplaced, type ListedFacts } from "../contract/listed-files.ts";
import { notText } from "../contract/tables/text-encoding.ts";
import { opener } from "../files/opener.ts";
import { errorCode } from "./errors.ts";

/** Why no item of a file can be read. */
export type FileProblem = { readonly code: ItemErrorCode; readonly message: string };

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: FileProblem };

/** Bytes of a file that are looked at before anything else is made of it. */
export const beginningBytes = 64 * 1024;

export const emptyFile: FileProblem = { code: "file-empty", message: "The file is empty." };

export const changedSince: FileProblem = {
  code: "input-changed",
  message: "The file was changed after it had been listed.",
};

/** Opens a listed file, which its caller closes; one that cannot be opened, or is another one by now, is a problem of its own. */
export function openListed(place: string, listed: ListedFacts): Checked<number> {
  try {
    const file = opener.open(place, listed);
    return file === null ? { ok: false, problem: changedSince } : { ok: true, value: file };
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  }
}

/** Opens a listed file, runs `use` on it and closes it; one that cannot be read at all is a problem of its own, too. */
export function withFile<Value>(
  place: string,
  listed: ListedFacts,
  use: (file: number) => Checked<Value>,
): Checked<Value> {
  const opened = openListed(place, listed);
  if (!opened.ok) return opened;
  try {
    return use(opened.value);
  } catch (error) {
    return { ok: false, problem: unreadable(error) };
  } finally {
    closeSync(opened.value);
  }
}

/** The problem behind a failed call on a file; anything else is thrown again. */
export function unreadable(error: unknown): FileProblem {
  const code = errorCode(error);
  if (code === undefined) throw error;
  if (code === "ENOENT") return { code: "input-changed", message: "The file was removed after it had been listed." };
  if (isReplaced(code)) return changedSince;
  if (code === "EACCES" || code === "EPERM") {
    return { code: "file-unreadable", message: "The file may not be read: its permissions do not allow it." };
  }
  return { code: "file-unreadable", message: `The file cannot be read (${code}).` };
}

/** An open file, or the whole content of one that is as small as its beginning. */
export type ByteSource = number | Uint8Array;

/** Reads until `length` bytes are there or the file ends; answers how many were read. */
export function readFully(
  file: ByteSource,
  target: Uint8Array,
  offset: number,
  length: number,
  position: number,
): number {
  if (typeof file !== "number") {
    const bytes = file.subarray(position, position + length);
    target.set(bytes, offset);
    return bytes.length;
  }
  let done = 0;
  while (done < length) {
    const read = readSync(file, target, offset + done, length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

/** Checks that a file's beginning looks like UTF-8 text; answers the length of its byte order mark. */
export function checkText(beginning: Uint8Array, sizeBytes: number): Checked<number> {
  const mark = byteOrderMarkLength(beginning);
  if (beginning.length === mark && sizeBytes <= mark) return { ok: false, problem: emptyFile };
  const problem = notText(beginning);
  return problem === null ? { ok: true, value: mark } : { ok: false, problem };
}

/** Where a delimited file's records begin, and what its columns are called. */
export type Header = { readonly names: readonly string[]; readonly dataStart: number };

/** Finds the header, the first record after the byte order mark and what the dialect says. A file of blank lines counts as empty. */
export function readHeader(
  file: ByteSource,
  sizeBytes: number,
  markLength: number,
  dialect: CsvDialect,
): Checked<Header> {
  let start = Math.max(markLength, dialect.headerStart);
  const scanner = createRecordScanner(dialect, (block, position) =>
    readFully(file, block, 0, Math.max(0, Math.min(block.length, sizeBytes - start - position)), start + position),
  );
  let length = beginningBytes;
  for (;;) {
    const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, sizeBytes - start)));
    const end = readFully(file, bytes, 0, bytes.length, start);
    const isLast = end < length;
    setScannerWindow(scanner, bytes, end, isLast);
    let at = 0;
    while (at < end) {
      const outcome = scanRecord(scanner, at);
      if (outcome === "incomplete") break;
      if (outcome === "overlong") return flawedHeader("row-too-long");
      if (outcome === "record") {
        if (scanner.flaw !== null) return flawedHeader(scanner.flaw);
        if (hasLoneReturn(bytes, at, scanner.textEnd)) return { ok: false, problem: loneReturns };
        const names = headerNames(bytes, at, scanner.textEnd, dialect);
        return { ok: true, value: { names, dataStart: start + scanner.next } };
      }
      at = scanner.next;
    }
    if (isLast) return { ok: false, problem: emptyFile };
    // Only blank lines so far, or a record that needs a larger window.
    if (at === 0) length = Math.min(length * 4, maxRecordBytes + beginningBytes);
    start += at;
  }
}

/** Without it all rows of such a file would be part of its header, and gone without a word. */
const loneReturns: FileProblem = {
  code: "file-unreadable",
  message: "Lines of the file end in a carriage return alone; save it with line feeds.",
};

/** A carriage return outside quotes that no line feed follows. */
function hasLoneReturn(bytes: Uint8Array, start: number, end: number): boolean {
  let isQuoted = false;
  for (let at = start; at < end; at++) {
    if (bytes[at] === quoteMark) isQuoted = !isQuoted;
    else if (bytes[at] === carriageReturn && !isQuoted && bytes[at + 1] !== lineFeed) return true;
  }
  return false;
}

function flawedHeader(code: "row-quote" | "row-too-long"): Checked<Header> {
  const message =
    code === "row-quote" ? "The header has a quoted cell that is not closed." : "The header is longer than 64 MiB.";
  return { ok: false, problem: { code, message } };
}
