import fs from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
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
import { createRowCounter } from "../../../data/cut/count-rows.ts";
import type { ListedFile } from "../../../data/listing/listing.ts";
import { readListedFiles } from "../../../data/listing/listing-file.ts";
import { removeFolder, removeSync } from "../../../files/patient.ts";
import { errnoOf } from "../../folder/blocked.ts";
import { copiesFolder, journalFile } from "../../folder/job-files.ts";
import { fileAt } from "../../folder/written-file.ts";
import { type Journal, openJournal } from "../../journal/journal.ts";
import { writeParquet } from "../../merge/merge-parquet.ts";
import { cellsOfRecord, layoutOf, layoutOfNone, recordsOf, type RowLayout, UnreadableResults } from "./azure-rows.ts";
import { createColumnTypes } from "./cell-types.ts";
import { itemsOf, WrongRow } from "./items.ts";
import { readErrors } from "./read-errors.ts";
import { openRowStore, type RowStore, type StoredRow } from "./row-store.ts";
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
      const file = path.basename(request.source.rowsFile ?? "");
      const reason = `it names a row that cannot be: ${error.message}`;
      return { type: "refused", problem: problemOf("azure/unreadable-results", { file, line: 0, reason }) };
    }
    return { type: "failed", message: error instanceof Error ? error.message : String(error), errno: errnoOf(error) };
  }
}

async function convert(request: ToConvertProcess): Promise<FromConvertProcess> {
  const store = openRowStore(path.join(request.jobFolder, "azure-rows.db"));
  try {
    const { listingFile } = request.source;
    if (listingFile !== null) await store.addFiles(namesIn(listingFile));
    const rows = request.spec.azure?.rows ?? { kind: "script" };
    const { layout, types } = await readSources(request, rows, store);
    const unit = unitOf(rows, store);
    if (request.isWhole && unit === "row" && listingFile !== null) await countRows(request, listingFile, store);
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
  const items = isSaid
    ? itemsOf(store, { isWhole: request.isWhole, unit, mayRepeat })
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

/** Reads what Azure wrote into the store, and which types the cells of its rows have. */
async function readSources(
  request: ToConvertProcess,
  rows: AzureRows,
  store: RowStore,
): Promise<{ readonly layout: RowLayout; readonly types: readonly ScriptColumn["type"][] }> {
  const sources = [...request.earlier, request.source];
  const types = createColumnTypes();
  const first = sources.findIndex(({ rowsFile }) => rowsFile !== null);
  const firstFile = sources[first]?.rowsFile ?? null;
  // The layout looks into the store for names; only then is it written.
  const layout = firstFile === null ? layoutOfNone(rows) : layoutOf(rows, firstFile, store.hasFile);
  const isAlone = sources.length === 1;
  const { listingFile } = request.source;
  for (const [at, { rowsFile, errorsFolder, listingFile: listed }] of sources.entries()) {
    const changed = await changedFiles(listed, listingFile);
    const taken = <Said extends { readonly file: string }>(said: Iterable<Said>) => ofFiles(said, store, changed);
    if (rowsFile !== null) {
      const cells = cellsExpected(rows, layout, at === first);
      store.addRows(taken(storedRows(rowsFile, layout, cells, isAlone ? types.add : null)), at);
    }
    await progress();
    store.addErrors(taken(readErrors(errorsFolder)), at);
  }
  // Of rows that another source has anew nothing is asked.
  if (!isAlone) for (const { record } of store.rows()) types.add(layout.cellsOf(cellsOfRecord(record, layout)));
  return { layout, types: firstFile === null ? [] : types.all() };
}

/** How many cells a record must have; null: the layout was made of this file, whatever it holds. */
function cellsExpected({ kind }: AzureRows, { columns, separator }: RowLayout, isOwn: boolean): number | null {
  if (kind === "generated") return columns.length + 2;
  return isOwn || separator === null ? null : columns.length;
}

function* storedRows(
  file: string,
  layout: RowLayout,
  expected: number | null,
  addCells: ((cells: readonly string[]) => void) | null,
): Generator<StoredRow, undefined> {
  let line = 0;
  for (const record of recordsOf(file, layout.style)) {
    line += 1;
    const cells = cellsOfRecord(record, layout);
    if (expected !== null && cells.length !== expected) {
      throw new UnreadableResults(file, line, `it has ${cells.length} cells, not ${expected}`);
    }
    const key = layout.keyOf === null ? { file: "", row: 0 } : layout.keyOf(cells);
    if (key === null) throw new UnreadableResults(file, line, "it does not say of which item it is");
    addCells?.(layout.cellsOf(cells));
    yield { ...key, record };
  }
}

/** What was said of files as they are. Azure may give the only file of an input another name. */
function* ofFiles<Said extends { readonly file: string }>(
  said: Iterable<Said>,
  store: RowStore,
  changed: ReadonlySet<string>,
): Generator<Said, undefined> {
  const only = store.fileCount() === 1 ? store.firstFile() : null;
  for (const one of said) {
    const file = only ?? one.file;
    if (!changed.has(file)) yield { ...one, file };
  }
}

/** The files that were other ones when an earlier list was made; both lists hold the same names. */
async function changedFiles(earlier: string | null, listingFile: string | null): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  if (earlier === null || listingFile === null || earlier === listingFile) return changed;
  const now = readListedFiles(listingFile);
  for await (const then of readListedFiles(earlier)) {
    const next = await now.next();
    const isSame = next.done !== true && next.value.path === then.path && isSameVersion(next.value, then);
    if (!isSame) changed.add(then.path);
  }
  return changed;
}

function isSameVersion(one: ListedFile, other: ListedFile): boolean {
  return one.sizeBytes === other.sizeBytes && one.modifiedMs === other.modifiedMs;
}

async function* namesIn(listingFile: string): AsyncGenerator<string> {
  for await (const { path: name } of readListedFiles(listingFile)) yield name;
}

/** How many rows each table of the input holds, so that those are found that Azure said nothing about. */
async function countRows({ spec, jobFolder }: ToConvertProcess, listingFile: string, store: RowStore): Promise<void> {
  const copies = copiesFolder(jobFolder);
  const { path: place, kind } = spec.input;
  const rowsIn = createRowCounter({ path: place, kind, recursive: false }, copies, progressNowAndThen());
  try {
    for await (const file of readListedFiles(listingFile)) {
      store.setRowsOf(file.path, await rowsIn(file));
    }
  } finally {
    await removeFolder(copies);
  }
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

const progressMs = 250;

function progressNowAndThen(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < progressMs) return;
    last = performance.now();
    await progress();
  };
}

/** Says that it goes on, and hears whether its parent is still there. */
async function progress(): Promise<void> {
  port.send({ type: "progress" } satisfies FromConvertProcess);
  await setImmediate();
}
