import fs from "node:fs";
import path from "node:path";
import type { JobSpec } from "../../../contract/nouns/job-spec.ts";
import type { MiniBatchPart } from "../../../contract/nouns/mini-batch.ts";
import { errorsHeaderLine } from "../../../contract/nouns/prediction-columns.ts";
import type { ScriptColumn } from "../../../contract/nouns/script-columns.ts";
import { fileModeIn } from "../../../contract/processes/file-modes.ts";
import { csvTextCell } from "../../../contract/tables/csv-cell.ts";
import { checksumOf } from "../../../data/reuse/base-job.ts";
import { removeSync } from "../../../files/patient.ts";
import type { MiniBatchCommit } from "../../journal/done-table.ts";
import type { Journal } from "../../journal/journal.ts";
import { scriptRowsHeader, translateRows } from "../../merge/script-rows.ts";
import { cellsOfRecord, type RowLayout } from "./azure-rows.ts";
import { isNotANumber, recordCell } from "./cell-types.ts";
import type { Item } from "./items.ts";

export type WrittenResults = {
  readonly succeeded: number;
  readonly failed: number;
  readonly notANumber: number;
  readonly rows: number;
  readonly repeated: number;
  readonly rowsEnd: number;
  readonly errorsEnd: number;
};

export type ResultsTarget = Pick<JobSpec["output"], "format" | "csvFormulas"> & {
  readonly rowsPart: string;
  readonly errorsPart: string;
  readonly layout: RowLayout;
  /** Of our file. */
  readonly columns: readonly ScriptColumn[];
  /** How many of these say which item it is: file, or file and row, ahead of Azure's cells. */
  readonly places: 0 | 1 | 2;
  readonly unit: "row" | "file";
};

/** As many items make a mini-batch of the journal, by which jobs are compared. */
const itemsOfMiniBatch = 1000;
const writeEvery = 100;

/**
 * Writes items as rows or errors of our files, and of the journal what stands where in them, as a job of this computer leaves it.
 * `journal` is new.
 */
export async function writeResults(
  items: Iterable<Item>,
  target: ResultsTarget,
  journal: Journal,
  onProgress: () => Promise<void>,
): Promise<WrittenResults> {
  const { layout, columns, unit, format, csvFormulas } = target;
  const names = columns.map(({ name }) => name);
  const translate = translateRows(names, names, { format, csvFormulas });
  const [rows, errors] = [openNew(target.rowsPart), openNew(target.errorsPart)];
  const sums = { succeeded: 0, failed: 0, notANumber: 0, rows: 0, repeated: 0 };
  let batch = newBatch();
  let batches: Batch[] = [];
  let id = 0;

  function rowOf(item: Item, record: string): string {
    if (format === "azureml") return `${record}\n`;
    const cells = layout.cellsOf(cellsOfRecord(record, layout));
    const places = [item.file, String(item.row)].slice(0, target.places);
    return `${[...places, ...cells].map((cell, at) => recordCell(cell, columns[at]?.type ?? "text")).join(",")}\n`;
  }

  function addItem(item: Item): void {
    addToParts(batch.parts, item, unit);
    if (item.isRepeated) sums.repeated += 1;
    if (item.records.length === 0 && item.error !== null) {
      batch.failed += 1;
      batch.errors += errorLine(item.error, csvFormulas);
      batch.failedFiles.add(item.file);
      return;
    }
    batch.succeeded += 1;
    batch.rowCount += item.records.length;
    const isNumberMissing = item.records.some((record) =>
      layout.cellsOf(cellsOfRecord(record, layout)).some(isNotANumber),
    );
    if (isNumberMissing) batch.notANumber += 1;
    for (const record of item.records) batch.rows += rowOf(item, record);
  }

  function endBatch(): void {
    const bytes = format === "azureml" ? Buffer.from(batch.rows) : translate(Buffer.from(batch.rows));
    const errorBytes = Buffer.from(batch.errors);
    rows.write(bytes);
    errors.write(errorBytes);
    batches.push({
      ...batch,
      id,
      rowsBytes: bytes.length,
      errorsBytes: errorBytes.length,
      checksum: checksumOf(bytes, errorBytes),
    });
    for (const key of ["succeeded", "failed", "notANumber"] as const) sums[key] += batch[key];
    sums.rows += batch.rowCount;
    id += 1;
    batch = newBatch();
  }

  function flush(): void {
    if (batches.length === 0) return;
    journal.addMiniBatches(
      batches.map(({ id, parts }) => {
        const [first, ...others] = parts;
        if (first === undefined) throw new Error("A mini-batch without items was written.");
        return { id, items: parts.reduce((sum, part) => sum + part.items, 0), parts: [first, ...others] };
      }),
    );
    journal.commit("azure", { id: "azure", pid: () => process.pid }, batches.map(commitOf));
    batches = [];
  }

  try {
    rows.write(Buffer.from(format === "azureml" ? "" : scriptRowsHeader(names, { format, csvFormulas })));
    errors.write(Buffer.from(errorsHeaderLine));
    let count = 0;
    for (const item of items) {
      addItem(item);
      count += 1;
      if (count % itemsOfMiniBatch !== 0) continue;
      endBatch();
      if (batches.length < writeEvery) continue;
      flush();
      await onProgress();
    }
    if (batch.parts.length > 0) endBatch();
    flush();
    return { ...sums, rowsEnd: rows.end(), errorsEnd: errors.end() };
  } finally {
    rows.close();
    errors.close();
  }
}

type Counts = { succeeded: number; failed: number; notANumber: number; rowCount: number };
type OpenBatch = Counts & {
  rows: string;
  errors: string;
  readonly parts: MiniBatchPart[];
  readonly failedFiles: Set<string>;
};
type Batch = OpenBatch & {
  readonly id: number;
  readonly rowsBytes: number;
  readonly errorsBytes: number;
  readonly checksum: string;
};

function newBatch(): OpenBatch {
  const counts = { succeeded: 0, failed: 0, notANumber: 0, rowCount: 0 };
  return { ...counts, rows: "", errors: "", parts: [], failedFiles: new Set() };
}

/** Rows of one file that follow one another are a part of the mini-batch; a file that is an item, or failed whole, is one too. */
function addToParts(parts: MiniBatchPart[], { file, row, error, records }: Item, unit: "row" | "file"): void {
  const last = parts.at(-1);
  const goesOn = row > 0 && last?.file === file && last.problem === null && last.firstRow + last.items === row;
  if (goesOn && last !== undefined) {
    parts[parts.length - 1] = { ...last, items: last.items + 1 };
    return;
  }
  const place = { sizeBytes: 0, modifiedMs: 0, start: 0, end: 0 };
  const isWholeFile = unit === "row" && row === 0;
  const problem =
    isWholeFile && records.length === 0 && error !== null
      ? ({ stage: "read", code: "file-unreadable", message: error.message } as const)
      : null;
  parts.push({ file, ...place, firstRow: Math.max(1, row), items: 1, problem });
}

function commitOf({
  id,
  rowsBytes,
  errorsBytes,
  checksum,
  succeeded,
  failed,
  notANumber,
  rowCount,
  failedFiles,
}: Batch): MiniBatchCommit {
  const zero = { read: 0, preprocess: 0, infer: 0, postprocess: 0, write: 0 };
  return {
    miniBatch: {
      ...{ miniBatchId: id, attempt: 1, offset: 0, rowsBytes, errorsBytes, checksum, itemFiles: null },
      ...{ succeeded, failed, notANumber, rows: rowCount, columns: null, failedParts: [], smallestRun: null },
      ...{ times: zero, startedAt: Date.now(), durationMs: 0, processMs: 0 },
    },
    failedFiles: [...failedFiles],
  };
}

function errorLine(
  { file, row, stage, code, message, value }: NonNullable<Item["error"]>,
  formulas: "escape" | "keep",
): string {
  const cells = [file, row === 0 ? "" : String(row), stage, code, message.replaceAll(/[\r\n]+/g, " "), value];
  return `${cells.map((cell) => csvTextCell(cell, formulas)).join(",")}\n`;
}

/** A file that is made anew, also over one that a process before this one left. */
function openNew(file: string) {
  removeSync(file);
  const handle = fs.openSync(file, "wx", fileModeIn(fs.statSync(path.dirname(file))));
  let length = 0;
  return {
    write(bytes: Uint8Array): void {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(handle, bytes, at);
      length += bytes.length;
    },
    /** It is on the disk from then on; how long it is. */
    end(): number {
      fs.fsyncSync(handle);
      return length;
    },
    close: () => fs.closeSync(handle),
  };
}
