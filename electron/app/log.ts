import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";

/** The log starts anew at this size; one older file is kept. */
const maxLogBytes = 5 * 1024 * 1024;

/** Appends lines to `desktop.log` in `folder`, and to stderr. Never throws: a full disk must not end the program. */
export function createLog(folder: string): (line: string) => void {
  const file = path.join(folder, "desktop.log");
  try {
    mkdirSync(folder, { recursive: true });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(file, `${file}.old`);
  } catch {
    // The first line that cannot be written says the same.
  }
  // Whoever listened there may be gone; that is no bug.
  process.stderr.on("error", () => undefined);
  return (line) => {
    const text = `${new Date().toISOString()} ${line}\n`;
    process.stderr.write(text);
    try {
      appendFileSync(file, text);
    } catch {
      // It went to stderr.
    }
  };
}
