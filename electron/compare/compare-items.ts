import { closeSync } from "node:fs";
import type { ComparedColumn, ComparedJob, ComparedKind } from "../contract/messages/compare-messages.ts";
import type { ScriptColumn } from "../contract/nouns/script-columns.ts";
import { failedItemsOf, openAsWritten } from "../data/reuse/base-job.ts";
import { type BaseJournal, type BaseMiniBatch, readBaseJournal } from "../data/reuse/base-journal.ts";
import { readFully } from "../data/table-file.ts";
import { opener } from "../files/opener.ts";
import { isDamage } from "../registry/rows/damage.ts";
import {
  checkedRows,
  parquetRows,
  recordsFrom,
  type Row,
  rowParser,
  type RowsOfMiniBatch,
  takeFromBlocks,
  takeFromText,
  type TakeRows,
} from "./compare-rows.ts";

/** An item of a finished job. `row` is 0 where a file is the item, or failed whole; `cells` is null for one that failed. */
export type ComparedItem = { readonly file: string; readonly row: number; readonly cells: Row | null };

/** A finished job that is being read. */
export type OpenJob = {
  readonly name: string;
  readonly columns: readonly ComparedColumn[];
  /** Rows of its predictions. */
  readonly rows: number;
  /** Whether its rows tell which item they are of; only those of scripts may not. */
  readonly isRowAnItem: boolean;
  /** By file in code-point order, then by row; in blocks. Throws `FilesChanged`. */
  readonly items: () => AsyncGenerator<readonly ComparedItem[], undefined>;
  /** The rows as they follow one another, for those of scripts that belong to no item. */
  readonly lines: () => AsyncGenerator<readonly ComparedItem[], undefined>;
  readonly close: () => void;
};

/** Thrown when the files of a job turn out, while they are read, not to be what the job wrote; its message is the job's name. */
export class FilesChanged extends Error {}

/** Null when its journal or its files are gone, or are not what it wrote. */
export async function openComparedJob(job: ComparedJob): Promise<OpenJob | null> {
  const journal = readBaseJournal(job.journalFile);
  if (journal === null) return null;
  const opened: number[] = [];
  const close = (): void => {
    for (const file of opened) closeSync(file);
    journal.close();
  };
  try {
    const isParquet = job.format === "parquet";
    const written = openAsWritten({ ...job, isParquet }, journal, opened);
    if (written === null) {
      close();
      return null;
    }
    const { rows: rowsFile, errors: errorsFile } = written;
    const columns = job.columns ?? scriptColumns(job, journal);
    const counted = countOf(journal);
    const rows = job.isScript ? await countRows(job, columns, rowsFile) : counted.rows;
    return {
      name: job.name,
      columns,
      rows,
      isRowAnItem: job.hasManyRows || rows === counted.succeeded,
      items: () =>
        (job.hasManyRows ? countedBlocks : itemBlocks)(
          job,
          journal,
          errorsFile,
          openRows(job, columns, rowsFile),
          columns,
        ),
      lines: () => lineBlocks(job, openCounted(job, columns, rowsFile), rows),
      close,
    };
  } catch (error) {
    close();
    if (isDamage(error) || (error instanceof Error && "code" in error)) return null;
    throw error;
  }
}

const scriptKinds: Readonly<Record<ScriptColumn["type"], ComparedKind>> = {
  empty: "text",
  integer: "integer",
  float: "float64",
  boolean: "boolean",
  text: "text",
};

function scriptColumns({ format, places }: ComparedJob, journal: BaseJournal): readonly ComparedColumn[] {
  if (format === "lines") return [{ name: "line", kind: "text", role: "output" }];
  return (journal.scriptColumns ?? []).map(({ name, type }, at) => {
    return { name, kind: scriptKinds[type], role: at < places ? "place" : "output" };
  });
}

function countOf(journal: BaseJournal): { readonly succeeded: number; readonly rows: number } {
  let [succeeded, rows] = [0, 0];
  for (const miniBatch of journal.miniBatches()) {
    succeeded += miniBatch.succeeded;
    rows += miniBatch.rows;
  }
  return { succeeded, rows };
}

async function countRows(job: ComparedJob, columns: readonly ComparedColumn[], rowsFile: number): Promise<number> {
  let count = 0;
  if (columns.length === 0) return count;
  if (job.format === "parquet") {
    for await (const block of parquetRows(libraryPath(job, rowsFile), columns)) count += block.length;
    return count;
  }
  for (const record of recordsFrom(rowsFile, job.records)) if (record !== "" || job.format === "lines") count += 1;
  return hasHeader(job) ? count - 1 : count;
}

function libraryPath({ rowsFile: place }: ComparedJob, rowsFile: number): string {
  return opener.forLibrary(rowsFile, place).path;
}

function hasHeader({ format }: ComparedJob): boolean {
  return format === "csv";
}

function openRows(job: ComparedJob, columns: readonly ComparedColumn[], rowsFile: number): RowsOfMiniBatch {
  const isTextOfJournal = job.format !== "parquet" && !job.isScript;
  if (isTextOfJournal) return checkedRows(rowsFile, job, rowParser(job, columns));
  const take = openCounted(job, columns, rowsFile);
  return () => take;
}

function openCounted(job: ComparedJob, columns: readonly ComparedColumn[], rowsFile: number): TakeRows {
  if (job.format === "parquet") return takeFromBlocks(parquetRows(libraryPath(job, rowsFile), columns));
  const records = recordsFrom(rowsFile, job.records);
  if (hasHeader(job)) records.next();
  return takeFromText(records, rowParser(job, columns));
}

/** So many items are handed on at once: fewer where each holds lists. */
const blockItemsOf = ({ columns, arrays }: ComparedJob): number =>
  arrays === "lists" && columns?.some(({ content }) => content === "array") === true ? 16 : 2000;

async function* itemBlocks(
  job: ComparedJob,
  journal: BaseJournal,
  errorsFile: number,
  rowsOf: RowsOfMiniBatch,
): AsyncGenerator<readonly ComparedItem[], undefined> {
  const blockItems = blockItemsOf(job);
  let block: ComparedItem[] = [];
  for (const miniBatch of journal.miniBatches()) {
    const { failed, take } = openMiniBatch(job, miniBatch, errorsFile, rowsOf);
    // A mini-batch may hold a million rows: they are taken in pieces, too.
    let rows: readonly Row[] = [];
    let row = 0;
    let left = miniBatch.items - failed.length;
    let number = 0;
    let failedSeen = 0;
    for (const part of miniBatch.parts) {
      const isFile = job.itemUnit === "file" || part.problem !== null;
      for (let index = 0; index < part.items; index += 1) {
        let cells: Row | null = null;
        if (failed[failedSeen] === number) failedSeen += 1;
        else {
          if (row === rows.length) {
            const more = await take(Math.min(blockItems, left));
            if (more === null) throw new FilesChanged(job.name);
            rows = more;
            row = 0;
            left -= rows.length;
          }
          cells = rows[row] ?? null;
          row += 1;
        }
        number += 1;
        block.push({ file: part.file, row: isFile ? 0 : part.firstRow + index, cells });
        if (block.length === blockItems) {
          yield block;
          block = [];
        }
      }
    }
  }
  if (block.length > 0) yield block;
}

/** Files with any number of rows: an item is a row, which says the how manieth of its file it is; a file without rows is none. */
async function* countedBlocks(
  job: ComparedJob,
  journal: BaseJournal,
  errorsFile: number,
  rowsOf: RowsOfMiniBatch,
  columns: readonly ComparedColumn[],
): AsyncGenerator<readonly ComparedItem[], undefined> {
  const fileColumn = columns.findIndex(({ role }) => role === "place");
  for (const miniBatch of journal.miniBatches()) {
    const { failed, take } = openMiniBatch(job, miniBatch, errorsFile, rowsOf);
    const rows = await take(miniBatch.rows);
    if (rows === null) throw new FilesChanged(job.name);
    const block: ComparedItem[] = [];
    let next = 0;
    for (const [item, { file }] of miniBatch.parts.entries()) {
      if (failed.includes(item)) {
        block.push({ file, row: 0, cells: null });
        continue;
      }
      for (let row = 1; ; row += 1, next += 1) {
        const cells = rows[next];
        if (cells === undefined || (cells[fileColumn] !== file && cells[fileColumn] !== `'${file}`)) break;
        block.push({ file, row, cells });
      }
    }
    if (next < rows.length) throw new FilesChanged(job.name);
    if (block.length > 0) yield block;
  }
}

/** Which items of a mini-batch failed, and its rows; throws `FilesChanged`. */
function openMiniBatch(
  job: ComparedJob,
  miniBatch: BaseMiniBatch,
  errorsFile: number,
  rowsOf: RowsOfMiniBatch,
): { readonly failed: readonly number[]; readonly take: TakeRows } {
  const errorBytes = Buffer.allocUnsafe(miniBatch.errorsBytes);
  const isWhole = readFully(errorsFile, errorBytes, 0, errorBytes.length, miniBatch.errorsStart) === errorBytes.length;
  const failed = isWhole ? failedOf(job, miniBatch, errorBytes) : null;
  const take = failed === null ? null : rowsOf(miniBatch, errorBytes);
  if (failed === null || take === null) throw new FilesChanged(job.name);
  return { failed, take };
}

/**
 * Which items of a mini-batch failed, ascending. A script that returns fewer rows than files does not say for which: its rows
 * then count for the first ones.
 */
function failedOf(job: ComparedJob, miniBatch: BaseMiniBatch, errorBytes: Buffer): readonly number[] | null {
  if (!job.isScript) return failedItemsOf(miniBatch, errorBytes);
  return Array.from({ length: miniBatch.items - miniBatch.succeeded }, (_, index) => miniBatch.succeeded + index);
}

async function* lineBlocks(
  job: ComparedJob,
  take: TakeRows,
  rows: number,
): AsyncGenerator<readonly ComparedItem[], undefined> {
  const blockItems = blockItemsOf(job);
  for (let first = 0; first < rows; first += blockItems) {
    const block = await take(Math.min(blockItems, rows - first));
    if (block === null) throw new FilesChanged(job.name);
    yield block.map((cells, index) => ({ file: "", row: first + index + 1, cells }));
  }
}
