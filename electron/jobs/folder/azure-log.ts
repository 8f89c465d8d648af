import fs from "node:fs";
import { type LogEnd, type LogFile, logFile, olderLogFile, openLogFile, readLogEnd } from "./log-file.ts";

/*
 * What a job in Azure printed there, as far as it was seen from here: the new lines of all of Azure's log files in the order in which
 * they came, under the name of the file that they are of.
 */
const name = "azure";

export function openAzureLog(logsFolder: string): LogFile {
  return openLogFile(logsFolder, name);
}

export function azureLogFile(logsFolder: string): string {
  return logFile(logsFolder, name);
}

export function readAzureLogEnd(logsFolder: string, maxBytes: number): Promise<LogEnd> {
  return readLogEnd(logsFolder, name, maxBytes);
}

/** Most bytes that are read at once: of more that came since, the last ones. */
const mostBytes = 256 * 1024;

/** Reads on, from one call to the next, beginning with the end of what is there. Answers whole lines. */
export function followAzureLog(logsFolder: string): () => readonly string[] {
  const file = azureLogFile(logsFolder);
  let read: { readonly inode: number; readonly bytes: number } | null = null;
  return () => {
    const lines: string[] = [];
    const turnedOver = read === null || read.inode === inodeOf(file) ? null : read;
    if (turnedOver !== null) {
      const older = olderLogFile(logsFolder, name);
      if (inodeOf(older) === turnedOver.inode) lines.push(...linesFrom(older, turnedOver.bytes).lines);
      read = null;
    }
    const more = linesFrom(file, read?.bytes ?? 0);
    if (more.inode !== null) read = { inode: more.inode, bytes: more.end };
    return [...lines, ...more.lines];
  };
}

function inodeOf(file: string): number | null {
  return fs.statSync(file, { throwIfNoEntry: false })?.ino ?? null;
}

/** `end`: where the last of the lines ends. */
function linesFrom(
  file: string,
  from: number,
): { readonly lines: readonly string[]; readonly inode: number | null; readonly end: number } {
  let opened: number | null = null;
  try {
    opened = fs.openSync(file, "r");
    const { ino: inode, size } = fs.fstatSync(opened);
    const start = Math.max(from, size - mostBytes);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    const length = fs.readSync(opened, bytes, 0, bytes.length, start);
    const whole = bytes.subarray(0, length).lastIndexOf(0x0a) + 1;
    const lines = bytes.toString("utf8", 0, whole).split("\n").slice(0, -1);
    // What is cut begins in the middle of a line.
    return { lines: start > from ? lines.slice(1) : lines, inode, end: start + whole };
  } catch {
    return { lines: [], inode: null, end: from };
  } finally {
    if (opened !== null) fs.closeSync(opened);
  }
}
