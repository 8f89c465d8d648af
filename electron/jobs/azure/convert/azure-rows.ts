import fs from "node:fs";
import path from "node:path";
import type { AzureRows } from "../../../contract/nouns/azure/azure-part.ts";
import {
  cellText,
  createRecordCutter,
  rawCells,
  type RecordStyle,
  recordTexts,
} from "../../../contract/tables/written-records.ts";

/** How the records of one file of Azure's are read. */
export type RowLayout = {
  readonly style: RecordStyle;
  /** Null: a record is one cell, as it stands. */
  readonly separator: " " | "," | null;
  /** Names of the cells that become columns of ours. */
  readonly columns: readonly string[];
  /** Which item a record is of; null: it does not say. */
  readonly keyOf: ((cells: readonly string[]) => RowKey | null) | null;
  /** The cells that become columns. */
  readonly cellsOf: (cells: readonly string[]) => readonly string[];
};

/** `row` 0: the item is the file. */
export type RowKey = { readonly file: string; readonly row: number };

/** What is thrown where a file of Azure's does not hold what it should. */
export class UnreadableResults extends Error {
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, reason: string) {
    super(reason);
    this.file = path.basename(file);
    this.line = line;
  }
}

const blockBytes = 1024 * 1024;

/** The records of a text file, without their line ends. */
export function* recordsOf(file: string, style: RecordStyle): Generator<string, undefined> {
  const handle = fs.openSync(file, "r");
  try {
    const cut = createRecordCutter(style);
    const block = Buffer.allocUnsafe(blockBytes);
    let last = 0x0a;
    for (;;) {
      const length = fs.readSync(handle, block, 0, block.length, null);
      if (length === 0) break;
      last = block[length - 1] ?? last;
      yield* recordTexts(cut(block.subarray(0, length)), style);
    }
    // What has no line end is a record, too.
    if (last !== 0x0a) yield* recordTexts(cut(Buffer.from("\n")), style);
  } finally {
    fs.closeSync(handle);
  }
}

/** The cells of a record as texts. */
export function cellsOfRecord(record: string, { separator }: Pick<RowLayout, "separator">): readonly string[] {
  const line = record.endsWith("\r") ? record.slice(0, -1) : record;
  return separator === null ? [line] : rawCells(line, separator).map(cellText);
}

/** How Azure wrote the rows of this file; the file is read when nothing else defines it. `isFile`: whether a file of the input is called so. */
export function layoutOf(rows: AzureRows, file: string, isFile: (name: string) => boolean): RowLayout {
  switch (rows.kind) {
    case "generated":
      return generatedLayout(rows.columns);
    case "mlflow":
      return mlflowLayout(cellCount(file, ","));
    case "script":
      return scriptLayout(file, isFile);
  }
}

/** Where Azure wrote no rows at all: a script of ours may still have written why. */
export function layoutOfNone(rows: AzureRows): RowLayout {
  if (rows.kind === "generated") return generatedLayout(rows.columns);
  return { style: "quoted", separator: " ", columns: [], keyOf: null, cellsOf: (cells) => cells };
}

function generatedLayout(columns: readonly string[]): RowLayout {
  return {
    style: "quoted",
    separator: " ",
    columns,
    keyOf([file = "", row = ""]) {
      const number = /^\d{1,15}$/.test(row) ? Number(row) : null;
      return file === "" || number === null ? null : { file, row: number };
    },
    cellsOf: (cells) => cells.slice(2),
  };
}

/** Azure's own columns: the row (from 0) for tables, the prediction, and the file's name last. */
function mlflowLayout(count: number | null): RowLayout {
  const hasRow = (count ?? 0) >= 3;
  const outputs = Math.max(1, (count ?? 2) - (hasRow ? 2 : 1));
  const predictions = Array.from({ length: outputs }, (_, at) => (outputs === 1 ? "prediction" : `prediction_${at}`));
  return {
    style: "quoted",
    separator: ",",
    columns: [...(hasRow ? ["row"] : []), ...predictions, "file_name"],
    keyOf(cells) {
      const file = path.posix.basename(cells.at(-1) ?? "");
      const row = hasRow && /^\d{1,15}$/.test(cells[0] ?? "") ? Number(cells[0]) + 1 : 0;
      return file === "" ? null : { file, row };
    },
    cellsOf: (cells) => cells,
  };
}

/** What a script returned is a table when all of its rows have as many cells; else each line is one cell. */
function scriptLayout(file: string, isFile: (name: string) => boolean): RowLayout {
  const count = cellCount(file, " ");
  if (count === null) {
    return { style: "lines", separator: null, columns: ["column_0"], keyOf: null, cellsOf: (cells) => cells };
  }
  const place = fileColumn(file, count, isFile);
  return {
    style: "quoted",
    separator: " ",
    columns: Array.from({ length: count }, (_, at) => `column_${at}`),
    keyOf: place === null ? null : (cells) => ({ file: path.posix.basename(cells[place] ?? ""), row: 0 }),
    cellsOf: (cells) => cells,
  };
}

/** How many cells each record has; null: not all have as many. */
function cellCount(file: string, separator: " " | ","): number | null {
  let count: number | null = null;
  for (const record of recordsOf(file, "quoted")) {
    const cells = cellsOfRecord(record, { separator });
    if (count !== null && cells.length !== count) return null;
    count = cells.length;
  }
  return count;
}

/** The first column of which every cell names a file of the input, by its name or a path to it; null: none. */
function fileColumn(file: string, count: number, isFile: (name: string) => boolean): number | null {
  let places = Array.from({ length: count }, (_, at) => at);
  for (const record of recordsOf(file, "quoted")) {
    const cells = cellsOfRecord(record, { separator: " " });
    places = places.filter((place) => isFile(path.posix.basename(cells[place] ?? "")));
    if (places.length === 0) return null;
  }
  return places[0] ?? null;
}
