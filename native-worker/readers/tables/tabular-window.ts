import { readSync } from "node:fs";
import { lineFeed, maxRecordBytes } from "../../../electron/contract/tables/csv.ts";

/**
 * A window that is moved over bytes `start`..`end` of a file. It holds `bytes[0..length)`, and a line feed behind them,
 * so that a loop over cells needs no test for the window's end.
 */
export type ByteWindow = {
  readonly file: number;
  bytes: Buffer;
  length: number;
  /** Position in the file of the byte behind the window. */
  position: number;
  readonly end: number;
  /** Nothing follows the window. */
  isLast: boolean;
  /** The file ended before it should. */
  isShort: boolean;
};

/** Small enough to be in the processor's own cache still when it is parsed. */
const defaultBytes = 256 * 1024;
/** Whatever a record is, it shows in a window that holds more of it than may be. */
const largestBytes = maxRecordBytes + defaultBytes;

export function openWindow(file: number, start: number, end: number): ByteWindow {
  const size = Math.min(defaultBytes, end - start);
  return {
    file,
    bytes: Buffer.allocUnsafeSlow(size + 1),
    length: 0,
    position: start,
    end,
    isLast: start >= end,
    isShort: false,
  };
}

/**
 * Moves the window on: bytes from `from` on stay and move to its front, and more are read behind them; `from` may lie behind
 * the window. When the window is full of one record it grows.
 */
export function moveWindow(window: ByteWindow, from: number): void {
  const kept = Math.max(0, window.length - from);
  const room = window.bytes.length - 1;
  if (from > window.length) {
    window.position += from - window.length;
  } else if (kept === room) {
    const larger = Buffer.allocUnsafeSlow(Math.max(room + 1, Math.min(room * 2, largestBytes)) + 1);
    window.bytes.copy(larger, 0, from, window.length);
    window.bytes = larger;
  } else if (from > 0) {
    window.bytes.copyWithin(0, from, window.length);
  }
  window.length = kept;
  const wanted = Math.min(window.bytes.length - 1 - kept, window.end - window.position);
  const read = readAt(window.file, window.bytes, kept, wanted, window.position);
  window.length += read;
  window.position += read;
  window.isShort = read < wanted;
  window.isLast = window.isShort || window.position >= window.end;
  window.bytes[window.length] = lineFeed;
}

/** Reads from position `at` of the window on, which may lie behind it, and leaves the window as it is. */
export function readOn(window: ByteWindow, block: Uint8Array, at: number): number {
  const position = window.position - window.length + at;
  return readAt(window.file, block, 0, Math.min(block.length, window.end - position), position);
}

/** Reads until so many bytes are there or the file ends; how many were read. */
function readAt(file: number, target: Uint8Array, offset: number, length: number, position: number): number {
  let done = 0;
  while (done < length) {
    const read = readSync(file, target, offset + done, length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}
