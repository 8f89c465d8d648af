import * as z from "zod";
import { type ItemFilesRecord, itemFilesRecordSchema } from "../../contract/tables/item-file-records.ts";
import type { CommittedMiniBatch } from "../../contract/messages/worker-messages.ts";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { ScriptColumn } from "../../contract/nouns/script-columns.ts";
import { scriptColumnSchema } from "../../contract/nouns/script-columns.ts";
import type { StageTimes } from "../../contract/nouns/stage-times.ts";
import { fileDamage, stored, storedJson } from "../../registry/rows/damage.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";
import { checkOf, doneOf, isUnchanged, rowCount } from "../../registry/rows/row-checks.ts";
import type { FactsTable } from "./journal-facts.ts";
import { toMiniBatchToDo } from "./to-do-table.ts";
import type { MiniBatchToDo } from "./to-do-table.ts";

/** The mini-batches that are done, and where their records lie. Whatever reads one throws Damage. */
export type DoneTable = {
  /**
   * Records mini-batches as done, in one transaction. Mini-batches that are done already stay as they are. Answers how many files hold a
   * failed item now that held none before.
   */
  readonly commit: (segment: string, worker: CommittingWorker, miniBatches: readonly MiniBatchCommit[]) => number;
  /**
   * Takes mini-batches back whose records are damaged: these, and all from `fromId` on with a record in one of `segments`.
   * They are to do again.
   */
  readonly undo: (ids: readonly number[], segments: readonly string[], fromId: number) => UndoneMiniBatches;
  /**
   * The committed records from mini-batch `fromId` on, up to `maxBytes` (at least one if there is one): until the first mini-batch
   * that is not done, or passing over all of these.
   */
  readonly mergeable: (fromId: number, maxBytes: number, gaps: Gaps) => { records: CommittedRecord[]; nextId: number };
};

/** What merging does at mini-batches that are not done. */
export type Gaps = "stop-at" | "pass-over";

/** A mini-batch that is done, and the files in it that hold a failed item. */
export type MiniBatchCommit = { readonly miniBatch: CommittedMiniBatch; readonly failedFiles: readonly string[] };
type CommittingWorker = { readonly id: string; readonly pid: () => number | undefined };
export type UndoneMiniBatches = {
  readonly miniBatches: readonly MiniBatchToDo[];
  /** What they had counted. */
  readonly succeeded: number;
  readonly failed: number;
  readonly notANumber: number;
  readonly reused: number;
};

export type CommittedRecord = {
  readonly miniBatchId: number;
  readonly segment: string;
  readonly offset: number;
  readonly rowsBytes: number;
  readonly errorsBytes: number;
  readonly checksum: string;
  readonly itemFiles: ItemFilesRecord | null;
  /** Of what a script returned; null for the built-in scorers. */
  readonly columns: readonly ScriptColumn[] | null;
};

const columnsSchema = z.array(scriptColumnSchema);
const lengthSchema = z.number().int().min(0);

const recordRowSchema = z.object({
  id: lengthSchema,
  segment: z.string(),
  record_start: lengthSchema,
  rows_bytes: lengthSchema,
  errors_bytes: lengthSchema,
  checksum: z.string(),
  succeeded: lengthSchema,
  failed: lengthSchema,
  not_a_number: lengthSchema.nullable(),
  row_count: lengthSchema.nullable(),
  columns: z.string().nullable(),
  item_files: z.string().nullable(),
  done_check: z.number().nullable(),
});

export function createDoneTable(database: SqliteDatabase, { facts, setFactsWith }: FactsTable): DoneTable {
  const commitMiniBatch = database.prepare(`
    UPDATE units SET state = 1, claimed = 0, segment = ?, worker = ?, record_start = ?, rows_bytes = ?, errors_bytes = ?,
      checksum = ?, succeeded = ?, failed = ?, finished_at = ?, worker_pid = ?, started_at = ?, duration_ms = ?,
      process_ms = ?, infer_ms = ?, smallest_run = ?, columns = ?, not_a_number = ?, row_count = ?, item_files = ?,
      done_check = ?
    WHERE id = ? AND state = 0`);
  const addFailedFile = database.prepare("INSERT INTO failed_files (file) VALUES (?) ON CONFLICT DO NOTHING");
  const selectDone = database.prepare("SELECT * FROM units WHERE state = 1 AND id = ?");
  const undoMiniBatch = database.prepare(`
    UPDATE units SET state = 0, claimed = 0, attempts = attempts - (segment <> '${baseSegment}'), segment = NULL, worker = NULL,
      record_start = NULL, rows_bytes = NULL, errors_bytes = NULL, checksum = NULL, succeeded = NULL, failed = NULL,
      not_a_number = NULL, row_count = NULL, item_files = NULL, done_check = NULL, finished_at = NULL
    WHERE id = ?`);
  const selectOfSegment = database.prepare("SELECT id FROM units WHERE state = 1 AND segment = ? AND id >= ?").pluck();
  const selectRecords = database.prepare("SELECT * FROM units WHERE state = 1 AND id >= ? ORDER BY id LIMIT 512");
  const selectToDo = database.prepare("SELECT * FROM units WHERE state = 0 AND id = ?");

  function toRecordRow(raw: unknown): z.infer<typeof recordRowSchema> {
    const row = stored(recordRowSchema, raw, database.name);
    if (!isUnchanged(row.done_check, ...doneOf(row))) throw fileDamage(database.name);
    return row;
  }

  return {
    commit(segment, worker, miniBatches) {
      const finishedAt = new Date().toISOString();
      const pid = worker.pid() ?? null;
      let newlyFailed = 0;
      setFactsWith(() => {
        const before = facts();
        let { smallestBatch, stageMs } = before;
        for (const { miniBatch, failedFiles } of miniBatches) {
          const columns = miniBatch.columns === null ? null : JSON.stringify(miniBatch.columns);
          const itemFiles = miniBatch.itemFiles === null ? null : JSON.stringify(miniBatch.itemFiles);
          const { changes } = commitMiniBatch.run(
            segment,
            worker.id,
            miniBatch.offset,
            miniBatch.rowsBytes,
            miniBatch.errorsBytes,
            miniBatch.checksum,
            miniBatch.succeeded,
            miniBatch.failed,
            finishedAt,
            pid,
            miniBatch.startedAt,
            miniBatch.durationMs,
            miniBatch.processMs,
            miniBatch.times.infer,
            miniBatch.smallestRun,
            columns,
            miniBatch.notANumber,
            rowCount(miniBatch),
            itemFiles,
            checkOf(...doneOf(doneRowOf(segment, miniBatch, columns, itemFiles))),
            miniBatch.miniBatchId,
          );
          if (changes === 0) continue;
          for (const file of failedFiles) newlyFailed += addFailedFile.run(file).changes;
          if (miniBatch.smallestRun !== null)
            smallestBatch = Math.min(smallestBatch ?? miniBatch.smallestRun, miniBatch.smallestRun);
          stageMs = sumOfTimes(stageMs, miniBatch.times);
        }
        return {
          stageMs,
          ...(smallestBatch === before.smallestBatch ? {} : { smallestBatch }),
          ...(newlyFailed === 0 ? {} : { failedFiles: before.failedFiles + newlyFailed }),
        };
      });
      return newlyFailed;
    },
    undo(ids, segments, fromId) {
      const miniBatches: MiniBatchToDo[] = [];
      let succeeded = 0;
      let failed = 0;
      let notANumber = 0;
      let reused = 0;
      setFactsWith(() => {
        const inSegments = segments.flatMap((segment) =>
          stored(z.array(z.number()), selectOfSegment.all(segment, fromId), database.name),
        );
        for (const id of new Set([...ids, ...inSegments])) {
          const found = selectDone.get(id);
          if (found === undefined) continue;
          const counted = toRecordRow(found);
          undoMiniBatch.run(id);
          succeeded += counted.succeeded;
          failed += counted.failed;
          notANumber += counted.not_a_number ?? 0;
          if (counted.segment === baseSegment) reused += counted.succeeded;
          miniBatches.push(toMiniBatchToDo(selectToDo.get(id), database.name));
        }
        return { redoneUnits: facts().redoneUnits + miniBatches.length };
      });
      return { miniBatches, succeeded, failed, notANumber, reused };
    },
    mergeable(fromId, maxBytes, gaps) {
      const records: CommittedRecord[] = [];
      let nextId = fromId;
      let bytes = 0;
      for (const raw of selectRecords.iterate(fromId)) {
        const row = toRecordRow(raw);
        if (row.id !== nextId && gaps === "stop-at") break;
        const record = recordOf(row, database.name);
        const length = row.rows_bytes + row.errors_bytes + (record.itemFiles?.bytes ?? 0);
        if (records.length > 0 && bytes + length > maxBytes) break;
        records.push(record);
        bytes += length;
        nextId = row.id + 1;
      }
      return { records, nextId };
    },
  };
}

function recordOf(row: z.infer<typeof recordRowSchema>, file: string): CommittedRecord {
  return {
    miniBatchId: row.id,
    segment: row.segment,
    offset: row.record_start,
    rowsBytes: row.rows_bytes,
    errorsBytes: row.errors_bytes,
    checksum: row.checksum,
    itemFiles: row.item_files === null ? null : storedJson(itemFilesRecordSchema, row.item_files, file),
    columns: row.columns === null ? null : storedJson(columnsSchema, row.columns, file),
  };
}

function doneRowOf(segment: string, miniBatch: CommittedMiniBatch, columns: string | null, itemFiles: string | null) {
  const { miniBatchId: id, offset, rowsBytes, errorsBytes, checksum, succeeded, failed, notANumber } = miniBatch;
  const record = { segment, record_start: offset, rows_bytes: rowsBytes, errors_bytes: errorsBytes, checksum };
  const counts = { succeeded, failed, not_a_number: notANumber, row_count: rowCount(miniBatch) };
  return { id, ...record, ...counts, columns, item_files: itemFiles };
}

function sumOfTimes(one: StageTimes, other: StageTimes): StageTimes {
  return {
    read: one.read + other.read,
    preprocess: one.preprocess + other.preprocess,
    infer: one.infer + other.infer,
    postprocess: one.postprocess + other.postprocess,
    write: one.write + other.write,
  };
}
