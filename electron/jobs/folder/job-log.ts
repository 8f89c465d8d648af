import fs from "node:fs";
import path from "node:path";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { visibleText } from "../../contract/plain-text.ts";
import type { DeploymentSettings } from "../../contract/nouns/deployment.ts";

/**
 * A job's own log: one line an event, with time and level, for people. It is appended to over all engines that work on
 * the job. A line is with the operating system when the call returns, so a kill loses none; the disk gets it later. A log
 * that cannot be written never holds up the job.
 */
export type JobLog = {
  readonly warning: (text: string) => void;
  readonly info: (text: string) => void;
  readonly debug: (text: string) => void;
  readonly close: () => void;
};

type Level = DeploymentSettings["logging_level"];

const rank: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2 };
/** When the file has grown beyond this it becomes the older one of two, and the one before that goes. */
const maxBytes = 8 * 1024 * 1024;
const maxLine = 2000;

export function openJobLog(folder: string, level: Level, fileBytes = maxBytes): JobLog {
  const file = path.join(folder, "job.log");
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
      fs.renameSync(file, path.join(folder, "job.older.log"));
    } catch {
      // Held open by somebody who reads it (Windows): it grows on until it can be moved.
    }
    descriptor = open();
  }

  function write(of: Level, text: string): void {
    if (rank[of] < rank[level]) return;
    const line = `${new Date().toISOString()} ${of.toUpperCase().padEnd(7)} ${onOneLine(text)}\n`;
    try {
      if (size > fileBytes) turnOver();
      descriptor ??= open();
      if (descriptor !== null) size += fs.writeSync(descriptor, line);
    } catch {
      // A full disk pauses the job by other means, and says so where it shows.
    }
  }

  return {
    warning: (text) => write("warning", text),
    info: (text) => write("info", text),
    debug: (text) => write("debug", text),
    close,
  };
}

/** Names of files may hold anything; a line of the log is one line, and steers no terminal. */
function onOneLine(text: string): string {
  return visibleText(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")).slice(0, maxLine);
}

/** What the log says, the older part first; nothing when nothing was logged yet. */
export function readJobLog(folder: string): string {
  return ["job.older.log", "job.log"].map((name) => textOf(path.join(folder, name))).join("");
}

/** The last lines of a log, and whether there are earlier ones. */
export type LogEnd = { readonly text: string; readonly isCut: boolean };

/** The last lines of the log, at most so many bytes of it, and whether there are earlier ones. */
export async function readJobLogEnd(folder: string, maxBytes: number): Promise<LogEnd> {
  let text = "";
  for (const name of ["job.log", "job.older.log"]) {
    const part = await endOf(path.join(folder, name), maxBytes - Buffer.byteLength(text));
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

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
