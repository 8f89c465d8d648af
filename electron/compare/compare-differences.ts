import fs from "node:fs";
import path from "node:path";
import { fileModeIn } from "../contract/processes/file-modes.ts";
import { csvTextCell } from "../contract/tables/csv-cell.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { removeSync, renameSync } from "../files/patient.ts";
import type { ChangedCell } from "./compare-columns.ts";

/** The file of differences while it is written: a line a changed cell, and one for each item that only one of the two scored. */
export type Differences = {
  readonly addCell: (item: Place, cell: ChangedCell) => void;
  readonly addItem: (item: Place, change: "only in A" | "failed in B" | "only in B" | "failed in A") => void;
  /** Gives the file its name. `output/exists` when somebody else was quicker. */
  readonly finish: () => Result<null>;
  readonly discard: () => void;
};

type Place = { readonly file: string; readonly row: number };

const header = "file,row,change,column,a,b,difference\n";
const flushCharacters = 256 * 1024;

export function differencesPart(file: string): string {
  return `${file}.part`;
}

/** Begins anew: what a comparison that was killed left under the name of the part is taken away. `folderMode`: when it is made. */
export function createDifferences(file: string, folderMode: number): Differences {
  const part = differencesPart(file);
  const folder = path.dirname(file);
  fs.mkdirSync(folder, { recursive: true, mode: folderMode });
  removeSync(part);
  const handle = fs.openSync(part, "wx", fileModeIn(fs.statSync(folder)));
  let isOpen = true;
  let pending = [header];
  let pendingCharacters = header.length;

  function flush(): void {
    const bytes = Buffer.from(pending.join(""), "utf8");
    pending = [];
    pendingCharacters = 0;
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(handle, bytes, done);
  }

  function add({ file: name, row }: Place, rest: string): void {
    const line = `${csvTextCell(name, "escape")},${row === 0 ? "" : row},${rest}\n`;
    pending.push(line);
    pendingCharacters += line.length;
    if (pendingCharacters >= flushCharacters) flush();
  }

  function close(): void {
    if (isOpen) fs.closeSync(handle);
    isOpen = false;
  }

  return {
    addCell(item, { column, isInput, isNumber, a, b, difference }) {
      // `-Infinity` in a column of numbers is none of the formulas that texts may be.
      const cells = [a, b].map((text) => csvTextCell(text, isNumber ? "keep" : "escape"));
      const texts = [csvTextCell(column, "escape"), ...cells].join(",");
      add(item, `${isInput ? "changed input" : "changed"},${texts},${difference ?? ""}`);
    },
    addItem: (item, change) => add(item, `${change},,,,`),
    finish() {
      flush();
      fs.fsyncSync(handle);
      const written = fs.fstatSync(handle);
      close();
      // Another comparison may have begun anew under the same name.
      const named = fs.statSync(part, { throwIfNoEntry: false });
      const isOurs = named?.ino === written.ino;
      if (!isOurs || fs.existsSync(file)) {
        if (isOurs) removeSync(part);
        return failure("output/exists:meanwhile", { path: file });
      }
      renameSync(part, file);
      return success(null);
    },
    discard() {
      close();
      removeSync(part);
    },
  };
}
