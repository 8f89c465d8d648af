import fs from "node:fs";
import path from "node:path";
import { removeFolder } from "../../files/patient.ts";

const prefix = "preflight-";
/** What a program left that was killed before it could remove it. */
const leftAfterMs = 60 * 60 * 1000;

/** A new folder in the workspace for what is only needed until a job starts. Whoever makes it removes it. */
export function makePreflightFolder(home: string): string {
  return fs.mkdtempSync(path.join(home, prefix));
}

/** Removes the folders of programs that were killed. */
export async function removeLeftPreflightFolders(home: string): Promise<void> {
  const names = await fs.promises.readdir(home).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const folder = path.join(home, name);
    const stats = await fs.promises.stat(folder).catch(() => null);
    if (stats === null || Date.now() - stats.mtimeMs < leftAfterMs) continue;
    await removeFolder(folder).catch(() => undefined);
  }
}
