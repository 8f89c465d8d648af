import fs from "node:fs/promises";
import path from "node:path";
import { systemErrno } from "../../contract/errno.ts";
import { folderModeIn } from "../../contract/processes/file-modes.ts";
import { fileAt } from "../folder/written-file.ts";

const folderName = "batchdeck";

/** Whether one of the names is taken: by a file, a folder or a link, wherever that leads. Throws what the file system throws. */
export async function isOneTaken(files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(files.map(fileAt));
  return found.some((file) => file !== null);
}

/**
 * Makes a folder in the output folder that nobody else has, for the files of a job whose script has taken their names. Its name.
 * Throws what the file system throws.
 */
export async function makeOwnFolder(outputFolder: string): Promise<string> {
  const mode = folderModeIn(await fs.stat(outputFolder));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? folderName : `${folderName}-${number}`;
    const folder = path.join(outputFolder, name);
    try {
      await fs.mkdir(folder, { mode });
      return name;
    } catch (error) {
      if (systemErrno(error) !== "EEXIST") throw error;
    }
  }
}
