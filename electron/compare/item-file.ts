import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ComparedJob } from "../contract/messages/compare-messages.ts";
import { isItemFilePath } from "../contract/nouns/scorers/item-files.ts";
import { opener } from "../files/opener.ts";

/** The bytes of the item file that a cell of a job names; null: it is not there, or none of the job's, or larger than `mostBytes`. */
export function itemFileBytes({ outputFolder }: Pick<ComparedJob, "outputFolder">, cell: string, mostBytes: number) {
  if (!isItemFilePath(cell)) return null;
  let handle: number;
  try {
    handle = openSync(path.join(outputFolder, cell), opener.namedFlags);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(handle);
    return stats.isFile() && stats.size <= mostBytes ? readFileSync(handle) : null;
  } finally {
    closeSync(handle);
  }
}
