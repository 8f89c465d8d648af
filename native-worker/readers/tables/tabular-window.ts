import { readSync } from "node:fs";
import { lineFeed } from "../../../electron/contract/tables/csv.ts";

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
 * Moves the window on: bytes from `from` on stay and move to its front, and more are read behind them. When the window
 * is full of one record it grows.
 */
export function moveWindow(window: ByteWindow, from: number): void {
  const kept = window.length - from;
  const room = window.bytes.length - 1;
  if (kept === room) {
    const larger = Buffer.allocUnsafeSlow(room * 2 + 1);
    window.bytes.copy(larger, 0, from, window.length);
    window.bytes = larger;
  } else if (from > 0) {
    window.bytes.copyWithin(0, from, window.length);
  }
  window.length = kept;
  let wanted = Math.min(window.bytes.length - 1 - kept, window.end - window.position);
  while (wanted > 0) {
    const read = readSync(window.file, window.bytes, window.length, wanted, window.position);
    if (read === 0) {
      window.isShort = true;
      break;
    }
    window.length += read;
    window.position += read;
    wanted -= read;
  }
  window.isLast = window.isShort || window.position >= window.end;
  window.bytes[window.length] = lineFeed;
}
