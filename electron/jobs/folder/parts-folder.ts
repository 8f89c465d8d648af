import fs from "node:fs/promises";
import path from "node:path";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { systemErrno } from "../../contract/errno.ts";
import { folderModeIn } from "../../contract/processes/file-modes.ts";

/** In the output folder of a script: hidden, so that what lists that folder, or clears it, passes over it as a rule. */
const folderName = ".batchdeck-parts";

/** Where a job's files are made before they get their names: the output folder, or, where a script writes there, a hidden one in it. */
export function partsFolder({ scorer, output, azure }: Pick<JobSpec, "scorer" | "output" | "azure">): string {
  return scorer.kind === "script" && azure === undefined ? path.join(output.folder, folderName) : output.folder;
}

/** Makes the hidden folder in which a `.part` file is to be made; never the output folder, which a missing disk would take along. */
export async function makePartsFolder(part: string): Promise<void> {
  const folder = path.dirname(part);
  if (path.basename(folder) !== folderName) return;
  const mode = folderModeIn(await fs.stat(path.dirname(folder)));
  try {
    await fs.mkdir(folder, { mode });
  } catch (error) {
    if (systemErrno(error) !== "EEXIST") throw error;
  }
}

/** When nothing is in it any more. */
export async function removePartsFolder(part: string): Promise<void> {
  const folder = path.dirname(part);
  if (path.basename(folder) === folderName) await fs.rmdir(folder).catch(() => undefined);
}
