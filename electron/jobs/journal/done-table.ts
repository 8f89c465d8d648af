import * as z from "zod";
import type { CommittedUnit } from "../../contract/messages/worker-messages.ts";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { ScriptColumn } from "../../contract/nouns/script-columns.ts";
import { scriptColumnSchema } from "../../contract/nouns/script-columns.ts";
import type { StageTimes } from "../../contract/nouns/stage-times.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";
import type { FactsTable } from "./journal-facts.ts";
import { toUnitToDo } from "./to-do-table.ts";
import type { UnitToDo } from "./to-do-table.ts";

/** The mini-batches that are done, and where their records lie. */
export type DoneTable = {
  /**
   * Records units as done, in one transaction. Units that are done already stay as they are. Answers how many files hold a
   * failed item now that held none before.
   */
  readonly commit: (segment: string, worker: CommittingWorker, units: readonly UnitCommit[]) => number;
  /**
   * Takes units back whose records are damaged: these, and all from `fromId` on with a record in one of `segments`.
   * They are to do again.
   */
  readonly undo: (ids: readonly number[], segments: readonly string[], fromId: number) => UndoneUnits;
  /**
   * The committed records from unit `fromId` on, up to `maxBytes` (at least one if there is one): until the first unit
   * that is not done, or passing over all of these.
   */
  readonly mergeable: (fromId: number, maxBytes: number, gaps: Gaps) => { records: CommittedRecord[]; nextId: number };
};

/** What merging does at units that are not done. */
export type Gaps = "stop-at" | "pass-over";

/** A unit that is done, and the files in it that hold a failed item. */
export type UnitCommit = { readonly unit: CommittedUnit; readonly failedFiles: readonly string[] };
type CommittingWorker = { readonly id: string; readonly pid: () => number | undefined };
export type UndoneUnits = {
  readonly units: readonly UnitToDo[];
  /** What they had counted. */
  readonly succeeded: number;
  readonly failed: number;
  readonly reused: number;
};

export type CommittedRecord = {
  readonly unitId: number;
  readonly segment: string;
  readonly offset: number;
  readonly rowsBytes: number;
  readonly errorsBytes: number;
  readonly checksum: string;
  /** Of what a script returned; null for the built-in scorers. */
  readonly columns: readonly ScriptColumn[] | null;
};

const columnsSchema = z.array(scriptColumnSchema);
const countedSchema = z.object({ succeeded: z.number(), failed: z.number(), segment: z.string() });

const recordRowSchema = z.object({
  id: z.number(),
  segment: z.string(),
  record_start: z.number(),
  rows_bytes: z.number(),
  errors_bytes: z.number(),
  checksum: z.string(),
  columns: z.string().nullable(),
});

export function createDoneTable(database: SqliteDatabase, { facts, setFactsWith }: FactsTable): DoneTable {
  const commitUnit = database.prepare(`
    UPDATE units SET state = 1, claimed = 0, segment = ?, worker = ?, record_start = ?, rows_bytes = ?, errors_bytes = ?,
      checksum = ?, succeeded = ?, failed = ?, finished_at = ?, worker_pid = ?, started_at = ?, duration_ms = ?,
      process_ms = ?, infer_ms = ?, smallest_run = ?, columns = ?
    WHERE id = ? AND state = 0`);
  const addFailedFile = database.prepare("INSERT INTO failed_files (file) VALUES (?) ON CONFLICT DO NOTHING");
  const selectCounted = database.prepare("SELECT succeeded, failed, segment FROM units WHERE state = 1 AND id = ?");
  const undoUnit = database.prepare(`
    UPDATE units SET state = 0, claimed = 0, attempts = attempts - (segment <> '${baseSegment}'), segment = NULL, worker = NULL,
      record_start = NULL, rows_bytes = NULL, errors_bytes = NULL, checksum = NULL, succeeded = NULL, failed = NULL,
      finished_at = NULL
    WHERE id = ?`);
  const selectOfSegment = database.prepare("SELECT id FROM units WHERE state = 1 AND segment = ? AND id >= ?").pluck();
  const selectRecords = database.prepare("SELECT * FROM units WHERE state = 1 AND id >= ? ORDER BY id LIMIT 512");
  const selectToDo = database.prepare("SELECT * FROM units WHERE state = 0 AND id = ?");

  return {
    commit(segment, worker, units) {
      const finishedAt = new Date().toISOString();
      const pid = worker.pid() ?? null;
      let newlyFailed = 0;
      setFactsWith(() => {
        const before = facts();
        let { smallestBatch, stageMs } = before;
        for (const { unit, failedFiles } of units) {
          const { changes } = commitUnit.run(
            segment,
            worker.id,
            unit.offset,
            unit.rowsBytes,
            unit.errorsBytes,
            unit.checksum,
            unit.succeeded,
            unit.failed,
            finishedAt,
            pid,
            unit.startedAt,
            unit.durationMs,
            unit.processMs,
            unit.times.infer,
            unit.smallestRun,
            unit.columns === null ? null : JSON.stringify(unit.columns),
            unit.unitId,
          );
          if (changes === 0) continue;
          for (const file of failedFiles) newlyFailed += addFailedFile.run(file).changes;
          if (unit.smallestRun !== null) smallestBatch = Math.min(smallestBatch ?? unit.smallestRun, unit.smallestRun);
          stageMs = sumOfTimes(stageMs, unit.times);
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
      const units: UnitToDo[] = [];
      let succeeded = 0;
      let failed = 0;
      let reused = 0;
      setFactsWith(() => {
        const inSegments = segments.flatMap((segment) =>
          z.array(z.number()).parse(selectOfSegment.all(segment, fromId)),
        );
        for (const id of new Set([...ids, ...inSegments])) {
          const counted = countedSchema.optional().parse(selectCounted.get(id));
          if (counted === undefined) continue;
          undoUnit.run(id);
          succeeded += counted.succeeded;
          failed += counted.failed;
          if (counted.segment === baseSegment) reused += counted.succeeded;
          units.push(toUnitToDo(selectToDo.get(id)));
        }
        return { redoneUnits: facts().redoneUnits + units.length };
      });
      return { units, succeeded, failed, reused };
    },
    mergeable(fromId, maxBytes, gaps) {
      const records: CommittedRecord[] = [];
      let nextId = fromId;
      let bytes = 0;
      for (const raw of selectRecords.iterate(fromId)) {
        const row = recordRowSchema.parse(raw);
        if (row.id !== nextId && gaps === "stop-at") break;
        const length = row.rows_bytes + row.errors_bytes;
        if (records.length > 0 && bytes + length > maxBytes) break;
        records.push({
          unitId: row.id,
          segment: row.segment,
          offset: row.record_start,
          rowsBytes: row.rows_bytes,
          errorsBytes: row.errors_bytes,
          checksum: row.checksum,
          columns: row.columns === null ? null : columnsSchema.parse(JSON.parse(row.columns)),
        });
        bytes += length;
        nextId = row.id + 1;
      }
      return { records, nextId };
    },
  };
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
