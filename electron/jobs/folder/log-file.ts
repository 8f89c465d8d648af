import fs from "node:fs";
import path from "node:path";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { visibleText } from "../../contract/plain-text.ts";

/**
 * A log that is appended to over all engines that work on a job, in two files: when `NAME.log` has grown too large it becomes
 * `NAME.older.log`, and the one before that goes. What is written is with the operating system when the call returns, so a kill
 * loses none; the disk gets it later. A log that cannot be written never holds up the job.
 */
export type LogFile = {
  /** Whole lines, each with its end. */
  readonly write: (lines: string) => void;
  readonly close: () => void;
};

const maxBytes = 8 * 1024 * 1024;
const maxLine = 2000;

export function openLogFile(folder: string, name: string, fileBytes = maxBytes): LogFile {
  const file = logFile(folder, name);
  let descriptor: number | null = null;
  let size = 0;

  function open(): number | null {
    try {
      fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
      const opened = fs.openSync(file, "a", ownerOnly.file);
      size = fs.fstatSync(opened).size;
      return opened;
    } catch {
      return null;
    }
  }

  function close(): void {
    if (descriptor !== null) fs.closeSync(descriptor);
    descriptor = null;
  }

  function turnOver(): void {
    close();
    try {
      fs.renameSync(file, olderLogFile(folder, name));
    } catch {
      // Held open by somebody who reads it (Windows): it grows on until it can be moved.
    }
    descriptor = open();
  }

  return {
    write(lines) {
      try {
        // How large it is, is known once it is open.
        descriptor ??= open();
        if (size > fileBytes) turnOver();
        if (descriptor !== null) size += fs.writeSync(descriptor, lines);
      } catch {
        // A full disk pauses the job by other means, and says so where it shows.
      }
    },
    close,
  };
}

export function logFile(folder: string, name: string): string {
  return path.join(folder, `${name}.log`);
}

export function olderLogFile(folder: string, name: string): string {
  return path.join(folder, `${name}.older.log`);
}

/** Texts and names of others may hold anything; a line of a log is one line, and steers no terminal. */
export function logLine(text: string): string {
  return visibleText(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")).slice(0, maxLine);
}

/** The last lines of a log, and whether there are earlier ones. */
export type LogEnd = { readonly text: string; readonly isCut: boolean };

/** The last lines of a log, at most so many bytes of it, and whether there are earlier ones. */
export async function readLogEnd(folder: string, name: string, maxBytes: number): Promise<LogEnd> {
  let text = "";
  for (const file of [logFile(folder, name), olderLogFile(folder, name)]) {
    const part = await endOf(file, maxBytes - Buffer.byteLength(text));
    text = part.text + text;
    if (part.isCut) return { text, isCut: true };
  }
  return { text, isCut: false };
}

/** The last lines of one file; nothing when it cannot be read. */
export async function endOf(file: string, maxBytes: number): Promise<LogEnd> {
  let handle: fs.promises.FileHandle | null = null;
  try {
    handle = await fs.promises.open(file, "r");
    const { size } = await handle.stat();
    const start = Math.max(0, size - Math.max(0, maxBytes));
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.subarray(0, bytesRead).toString("utf8");
    // What is cut begins in the middle of a line.
    return start === 0 ? { text, isCut: false } : { text: text.slice(text.indexOf("\n") + 1), isCut: true };
  } catch {
    return { text: "", isCut: false };
  } finally {
    await handle?.close();
  }
}
