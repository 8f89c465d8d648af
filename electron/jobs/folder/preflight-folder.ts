import fs from "node:fs";
import path from "node:path";
import { isProcessAlive } from "../../compute/process-alive.ts";
import { removeFolder } from "../../files/patient.ts";

/** With the process that made the folder; earlier versions did not say whose a folder is. */
const namePattern = /^preflight-(?:(\d+)-)?/;

/** A new folder in the workspace for what is only needed until a job starts. Whoever makes it removes it. */
export function makePreflightFolder(home: string): string {
  return fs.mkdtempSync(path.join(home, `preflight-${process.pid}-`));
}

/** Removes the folders of programs that were killed before they could do so. */
export async function removeLeftPreflightFolders(home: string): Promise<void> {
  const names = await fs.promises.readdir(home).catch(() => []);
  for (const name of names) {
    const owner = namePattern.exec(name);
    if (owner === null || (owner[1] !== undefined && isProcessAlive(Number(owner[1])))) continue;
    await removeFolder(path.join(home, name)).catch(() => undefined);
  }
}
