import fs from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import {
  type FromConvertProcess,
  type ToConvertProcess,
  toConvertProcessSchema,
} from "../../../contract/messages/convert-messages.ts";
import { connectToParent } from "../../../contract/messages/parent-port.ts";
import type { AzureRows } from "../../../contract/nouns/azure/azure-part.ts";
import type { ScriptColumn } from "../../../contract/nouns/script-columns.ts";
import type { WrittenFile } from "../../../contract/nouns/written-file.ts";
import { problemOf } from "../../../contract/problem.ts";
import { removeSync } from "../../../files/patient.ts";
import { errnoOf } from "../../folder/blocked.ts";
import { journalFile } from "../../folder/job-files.ts";
import { fileAt } from "../../folder/written-file.ts";
import { type Journal, openJournal } from "../../journal/journal.ts";
import { writeParquet } from "../../merge/merge-parquet.ts";
import { cellsOfRecord, layoutOf, layoutOfNone, recordsOf, type RowLayout, UnreadableResults } from "./azure-rows.ts";
import { createColumnTypes } from "./cell-types.ts";
import { itemsOf, WrongRow } from "./items.ts";
import { readErrors } from "./read-errors.ts";
import { openRowStore, type RowStore, type StoredError, type StoredRow } from "./row-store.ts";
import { writeResults } from "./write-results.ts";

/** Entry of the convert process: see contract/messages/convert-messages.ts. One job, then its parent ends it. */
const port = connectToParent(process);

port.onMessage((raw) => {
  const request = toConvertProcessSchema.parse(raw);
  void answer(request).then((message) => port.send(message));
});

async function answer(request: ToConvertProcess): Promise<FromConvertProcess> {
  try {
    return await convert(request);
  } catch (error) {
    if (error instanceof UnreadableResults) {
      const { file, line, message: reason } = error;
      return { type: "refused", problem: problemOf("azure/unreadable-results", { file, line, reason }) };
    }
    if (error instanceof WrongRow) {
      const file = path.basename(request.rowsFile ?? "");
      const reason = `it names a row that cannot be: ${error.message}`;
      return { type: "refused", problem: problemOf("azure/unreadable-results", { file, line: 0, reason }) };
    }
    return { type: "failed", message: error instanceof Error ? error.message : String(error), errno: errnoOf(error) };
  }
}

async function convert(request: ToConvertProcess): Promise<FromConvertProcess> {
  const store = openRowStore(path.join(request.jobFolder, "azure-rows.db"));
  try {
    if (request.filesFile !== null) store.addFiles(sentFiles(request.filesFile));
    const rows = request.spec.azure?.rows ?? { kind: "script" };
    const { layout, types } = readRows(request.rowsFile, rows, store);
    await progress();
    store.addErrors(errorsOf(request.errorsFolder, store));
    const unit = unitOf(rows, store);
    const keys = rows.kind === "generated" && rows.keys;
    const places = keys ? (unit === "row" ? 2 : 1) : 0;
    const placeColumns = [{ name: "file", type: "text" } as const, { name: "row", type: "integer" } as const].slice(
      0,
      places,
    );
    const columns: readonly ScriptColumn[] = [
      ...placeColumns,
      ...layout.columns.map((name, at) => ({ name, type: types[at] ?? "empty" })),
    ];
    // A script of somebody's own may return as many rows of a file as it likes, alike or not.
    return await write(request, store, { layout, columns, places, unit, mayRepeat: rows.kind !== "script" });
  } finally {
    store.close();
  }
}

/** What the items are: a script of somebody's own is asked for files. */
function unitOf(rows: AzureRows, store: RowStore): "row" | "file" {
  if (rows.kind === "script") return "file";
  return (rows.kind === "generated" ? rows.unit : null) ?? (store.hasRowItems() ? "row" : "file");
}

async function write(
  request: ToConvertProcess,
  store: RowStore,
  {
    mayRepeat,
    ...how
  }: Pick<Parameters<typeof writeResults>[1], "layout" | "columns" | "places" | "unit"> & {
    readonly mayRepeat: boolean;
  },
): Promise<FromConvertProcess> {
  const { unit, columns } = how;
  const isSaid = how.layout.keyOf !== null;
  const holdsItems = (file: string) => unit === "file" || holdsRows(request.inputFolder, file);
  const items = isSaid
    ? itemsOf(store, { isWhole: request.isWhole, unit, mayRepeat, holdsItems })
    : itemsInNoOrder(store, request.isWhole);
  const journal = newJournal(request.jobFolder);
  try {
    const written = await writeResults(items, { ...request, ...request.spec.output, ...how }, journal, progress);
    const { rowsEnd, errorsEnd, ...counts } = written;
    const parquetFile = counts.rows > 0 && request.parquetPart !== null ? await makeParquet(request, columns) : null;
    journal.setFacts({
      ...{ listed: true, planned: true, files: store.fileCount(), rowsEnd, errorsEnd, scriptColumns: columns },
      ...{ engines: 1, parquet: parquetFile?.fact ?? null },
    });
    journal.closeFinished();
    const [rowsFile, errorsFile] = [await fileOf(request.rowsPart), await fileOf(request.errorsPart)];
    return {
      type: "converted",
      ...{ rowsFile, errorsFile, parquetFile: parquetFile?.file ?? null },
      ...{ ...counts, unit, columns: [...columns] },
    };
  } catch (error) {
    journal.close();
    throw error;
  }
}

/** Reads Azure's rows into the store, and which types their cells have. */
function readRows(
  rowsFile: string | null,
  rows: AzureRows,
  store: RowStore,
): { readonly layout: RowLayout; readonly types: readonly ScriptColumn["type"][] } {
  const types = createColumnTypes();
  if (rowsFile === null) return { layout: layoutOfNone(rows), types: [] };
  const layout = layoutOf(rows, rowsFile, store.hasFile);
  const expected = rows.kind === "generated" ? rows.columns.length + 2 : null;
  const only = onlyFile(store);

  function* storedRows(file: string): Generator<StoredRow, undefined> {
    let line = 0;
    for (const record of recordsOf(file, layout.style)) {
      line += 1;
      const cells = cellsOfRecord(record, layout);
      if (expected !== null && cells.length !== expected) {
        throw new UnreadableResults(file, line, `it has ${cells.length} cells, not ${expected}`);
      }
      const key = layout.keyOf === null ? { file: "", row: 0 } : layout.keyOf(cells);
      if (key === null) throw new UnreadableResults(file, line, "it does not say of which item it is");
      types.add(layout.cellsOf(cells));
      yield { ...key, file: layout.keyOf !== null && only !== null ? only : key.file, record };
    }
  }

  // The layout has looked into the store for names; from here on it is written.
  store.addRows(storedRows(rowsFile));
  return { layout, types: types.all() };
}

/** Azure may give the only file of an input another name. Null: there are several, or none is known. */
function onlyFile(store: RowStore): string | null {
  return store.fileCount() === 1 ? store.firstFile() : null;
}

function* errorsOf(folder: string, store: RowStore): Generator<StoredError, undefined> {
  const only = onlyFile(store);
  for (const error of readErrors(folder)) yield only === null ? error : { ...error, file: only };
}

/** Rows that do not say of which file they are: as many files have succeeded as there are rows, which is Azure's own count. */
function* itemsInNoOrder(store: RowStore, isWhole: boolean) {
  const [files, rows] = [store.fileCount(), store.rowCount()];
  for (const { record } of store.rows()) {
    yield { file: "", row: 0, records: [record], error: null, isRepeated: false };
  }
  if (!isWhole || rows >= files) return;
  const message = `Azure wrote ${rows} rows for ${files} files; it is not known for which.`;
  for (let missing = rows; missing < files; missing += 1) {
    const error = { file: "", row: 0, stage: "infer", code: "azure-no-row", message, value: "" };
    yield { file: "", row: 0, records: [], error, isRepeated: false };
  }
}

const sentFileSchema = z.object({ path: z.string() });

function* sentFiles(file: string): Generator<string, undefined> {
  for (const line of recordsOf(file, "lines")) if (line !== "") yield sentFileSchema.parse(JSON.parse(line)).path;
}

const lookedAt = 64 * 1024;

/** Whether a table holds more than a header; of one that cannot be looked into, or is no text, that is assumed. */
function holdsRows(folder: string | null, name: string): boolean {
  if (folder === null || !/\.(csv|tsv|txt)$/i.test(name)) return true;
  try {
    const handle = fs.openSync(path.join(folder, name), "r");
    try {
      const bytes = Buffer.alloc(lookedAt);
      const length = fs.readSync(handle, bytes, 0, lookedAt, 0);
      const lines = bytes
        .toString("latin1", 0, length)
        .split(/\r?\n/)
        .filter((line) => line.trim() !== "");
      return length === lookedAt || length === 0 || lines.length > 1;
    } finally {
      fs.closeSync(handle);
    }
  } catch {
    return true;
  }
}

function newJournal(folder: string): Journal {
  for (const ending of ["", "-wal", "-shm", "-journal"]) removeSync(`${journalFile(folder)}${ending}`);
  const opened = openJournal(folder);
  if (!opened.ok) throw new Error(opened.problem.kind);
  return opened.value;
}

async function makeParquet({ spec, rowsPart, parquetPart }: ToConvertProcess, columns: readonly ScriptColumn[]) {
  if (parquetPart === null) return null;
  removeSync(parquetPart);
  fs.closeSync(fs.openSync(parquetPart, "wx", fs.statSync(rowsPart).mode));
  await writeParquet(spec, columns, rowsPart, parquetPart, () => void progress());
  const handle = fs.openSync(parquetPart, "r+");
  fs.fsyncSync(handle);
  const { size: bytes, mtimeMs: modifiedMs } = fs.fstatSync(handle);
  fs.closeSync(handle);
  return { file: await fileOf(parquetPart), fact: { bytes, modifiedMs } };
}

async function fileOf(file: string): Promise<WrittenFile> {
  const found = await fileAt(file);
  if (found === null) throw Object.assign(new Error(`${file} is gone.`), { code: "ENOENT" });
  return found;
}

/** Says that it goes on, and hears whether its parent is still there. */
async function progress(): Promise<void> {
  port.send({ type: "progress" } satisfies FromConvertProcess);
  await setImmediate();
}
