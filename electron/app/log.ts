import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { oneLine } from "../contract/plain-text.ts";
import { ownerOnly } from "../contract/processes/file-modes.ts";

/** The log starts anew at this size; one older file is kept. */
const maxLogBytes = 5 * 1024 * 1024;

/**
 * Appends messages to `desktop.log` in `folder`, and to stderr, each on one line that steers no terminal. Never throws: a full
 * disk must not end the program.
 */
export function createLog(folder: string): (message: string) => void {
  const file = path.join(folder, "desktop.log");
  try {
    mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(file, `${file}.old`);
  } catch {
    // The first line that cannot be written says the same.
  }
  // Whoever listened there may be gone; that is no bug.
  process.stderr.on("error", () => undefined);
  return (message) => {
    const text = `${new Date().toISOString()} ${oneLine(message)}\n`;
    process.stderr.write(text);
    try {
      appendFileSync(file, text, { mode: ownerOnly.file });
    } catch {
      // It went to stderr.
    }
  };
}
