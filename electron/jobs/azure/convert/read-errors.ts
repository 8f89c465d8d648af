import fs from "node:fs";
import path from "node:path";
import { itemErrorCodeSchema, itemStageSchema } from "../../../contract/item-error.ts";
import { errorsHeaderLine } from "../../../contract/nouns/prediction-columns.ts";
import { cellsOfRecord, recordsOf, UnreadableResults } from "./azure-rows.ts";
import type { StoredError } from "./row-store.ts";

/**
 * What a generated script wrote of the items that failed: files with our own header, one a mini-batch. Of a job with another script
 * there are none, or none of ours.
 */
export function* readErrors(folder: string): Generator<StoredError, undefined> {
  for (const name of namesIn(folder)) {
    const file = path.join(folder, name);
    let line = 0;
    for (const record of recordsOf(file, "quoted")) {
      line += 1;
      if (line === 1) {
        if (`${record}\n` !== errorsHeaderLine) break;
        continue;
      }
      yield errorOf(file, line, cellsOfRecord(record, { separator: "," }));
    }
  }
}

function errorOf(file: string, line: number, cells: readonly string[]): StoredError {
  const [name = "", row = "", stage, code, message = "", value = ""] = cells;
  const known = { stage: itemStageSchema.safeParse(stage).data, code: itemErrorCodeSchema.safeParse(code).data };
  const number = row === "" ? 0 : /^[1-9]\d{0,14}$/.test(row) ? Number(row) : null;
  if (cells.length !== 6 || name === "" || number === null) {
    throw new UnreadableResults(file, line, "it is no line of errors");
  }
  // A later version may know further words.
  return { file: name, row: number, stage: known.stage ?? "infer", code: known.code ?? "model-error", message, value };
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => name.endsWith(".csv"))
      .sort();
  } catch {
    return [];
  }
}
