import fs from "node:fs";
import path from "node:path";
import { ownerOnly } from "../contract/processes/file-modes.ts";

/** What Batchdeck keeps in a workspace for itself. `outputs` is not among it: results may be shared, by who may read them. */
function isInner(name: string): boolean {
  return (
    /^(registry|lease|watch-lease)\.db($|[-.])|^preflight-/.test(name) ||
    ["models", "code", "jobs", "accounts", "downloads", "samples-installed"].includes(name)
  );
}

/**
 * Takes from everybody but the owner what an earlier version made in a workspace and left open to others. The folder of the
 * workspace itself and what is in `outputs` stay as they are, links are not followed, and what belongs to another user is
 * left alone. Of what was narrowed before, only the first level is looked at.
 */
export function narrow(home: string): void {
  if (process.platform === "win32") return;
  for (const name of namesIn(home).filter(isInner)) narrowAll(path.join(home, name));
}

/** A folder that is closed closes all that lies in it: only one that was open is looked into. */
function narrowAll(place: string): void {
  const stats = statsOf(place);
  if (stats === null || stats.isSymbolicLink() || !isOpen(stats) || stats.uid !== process.getuid?.()) return;
  if (!close(place, stats) || !stats.isDirectory()) return;
  for (const name of namesIn(place)) narrowAll(path.join(place, name));
}

/** False where the file system does not keep modes, or does not let us. */
function close(place: string, { mode }: fs.Stats): boolean {
  try {
    fs.chmodSync(place, mode & ownerOnly.folder);
  } catch {
    return false;
  }
  const stats = statsOf(place);
  return stats !== null && !isOpen(stats);
}

function isOpen({ mode }: fs.Stats): boolean {
  return (mode & 0o777 & ~ownerOnly.folder) !== 0;
}

function statsOf(place: string): fs.Stats | null {
  try {
    return fs.lstatSync(place);
  } catch {
    return null;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
