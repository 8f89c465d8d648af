import fs from "node:fs";
import * as z from "zod";
import { itemErrorCodeSchema, itemStageSchema } from "../../contract/item-error.ts";
import type { ReusedUnit } from "../../contract/nouns/base-job.ts";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import type { Unit } from "../../contract/nouns/unit.ts";
import type { ScriptColumn } from "../../contract/nouns/script-columns.ts";
import { scriptColumnSchema } from "../../contract/nouns/script-columns.ts";
import { unitPartSchema } from "../../contract/nouns/unit.ts";
import type { CommittedUnit } from "../../contract/messages/worker-messages.ts";
import { itemRangeSchema } from "../../contract/messages/worker-messages.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";
import { inDurableTransaction, openDatabase } from "../../registry/open-database.ts";
import type { JournalFacts } from "./journal-facts.ts";
import { factsSchema, firstFacts } from "./journal-facts.ts";
import { journalMigrations } from "./journal-migrations.ts";
import type { Suspicion } from "./narrowing.ts";
import { noSuspicion } from "./narrowing.ts";
import { journalFile } from "../folder/job-files.ts";

/**
 * A job's own record of what is planned, claimed, committed and merged. Only the engine writes it, in grouped
 * transactions (WAL, synchronous NORMAL: a commit that a power cut loses only repeats a unit).
 */
export type Journal = {
  readonly facts: () => JournalFacts;
  readonly setFacts: (facts: Partial<JournalFacts>) => void;
  /** Appends planned units; they must continue the numbering. Those in `reused` are done: the base holds their rows. */
  readonly addUnits: (units: readonly Unit[], reused?: readonly ReusedUnit[]) => void;
  readonly lastUnit: () => Unit | null;
  readonly unitCount: () => number;
  /** Units still to do with an id above `afterId`, in order. */
  readonly unitsToDo: (afterId: number, limit: number) => UnitToDo[];
  readonly unitToDo: (id: number) => UnitToDo | null;
  /** Counts an attempt for each unit, before it is sent. */
  readonly claim: (ids: readonly number[]) => void;
  readonly unclaim: (ids: readonly number[], how: ClaimEnd) => void;
  /** Gives back what an engine that is gone had claimed. Called once, when the journal is opened by the engine. */
  readonly recover: () => void;
  readonly setSuspicion: (id: number, suspicion: Suspicion) => void;
  readonly setGivingUp: (id: number, reason: GivingUp) => void;
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
  readonly totals: () => JournalTotals;
  /**
   * The committed records from unit `fromId` on, up to `maxBytes` (at least one if there is one): until the first unit
   * that is not done, or passing over all of these.
   */
  readonly mergeable: (fromId: number, maxBytes: number, gaps: Gaps) => { records: CommittedRecord[]; nextId: number };
  readonly poisonedItems: () => number;
  /** Attempts at units, finished or failed; those that died with their worker or engine are none. */
  readonly attempts: () => number;
  readonly close: () => void;
};

/** How a claim ends without a commit. `given-back`: the attempt was cut short and does not count. */
export type ClaimEnd = "attempt-failed" | "given-back";

/** What merging does at units that are not done. */
export type Gaps = "stop-at" | "pass-over";

/** The engine gave a unit up: every item of it is recorded as failed. */
const givingUpSchema = z.strictObject({ stage: itemStageSchema, code: itemErrorCodeSchema, message: z.string() });
export type GivingUp = Readonly<z.infer<typeof givingUpSchema>>;

export type UnitToDo = {
  readonly unit: Unit;
  readonly bytes: number;
  readonly attempts: number;
  readonly suspicion: Suspicion;
  readonly givingUp: GivingUp | null;
};

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

export type JournalTotals = {
  readonly planned: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of `succeeded`: items whose rows were taken over from the base. */
  readonly reused: number;
  readonly unitsDone: number;
  readonly units: number;
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
const partsSchema = z.array(unitPartSchema).nonempty();
const suspicionSchema = z.strictObject({
  probe: z.strictObject({ range: itemRangeSchema, step: z.number() }).nullable(),
  single: z.strictObject({ item: z.number(), deaths: z.number() }).nullable(),
  poisoned: z.array(
    z.strictObject({ item: z.number(), stage: itemStageSchema, code: itemErrorCodeSchema, message: z.string() }),
  ),
  fullRunDeaths: z.number(),
  batch: z.number().nullable(),
  namelessDeaths: z.number(),
});

const unitRowSchema = z.object({
  id: z.number(),
  items: z.number(),
  bytes: z.number(),
  parts: z.string(),
  attempts: z.number(),
  suspicion: z.string().nullable(),
  giving_up: z.string().nullable(),
});

const totalsRowSchema = z.object({
  planned: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  reused: z.number(),
  units_done: z.number(),
  units: z.number(),
});

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

export function openJournal(jobFolder: string): Result<Journal> {
  fs.mkdirSync(jobFolder, { recursive: true });
  const opened = openDatabase(journalFile(jobFolder), journalMigrations);
  return opened.ok ? success(journalOf(opened.value)) : opened;
}

/** Puts a journal that cannot be read out of the way, beside its place: the job begins again from its list of files. */
export function setJournalAside(jobFolder: string): void {
  const file = journalFile(jobFolder);
  if (fs.existsSync(file)) fs.renameSync(file, `${file}.damaged`);
  for (const ending of ["-wal", "-shm", "-journal"]) fs.rmSync(`${file}${ending}`, { force: true });
}

function journalOf(database: SqliteDatabase): Journal {
  const readFacts = database.prepare<[], { name: string; value: string }>("SELECT name, value FROM facts");
  const writeFact = database.prepare(
    "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  const insertUnit = database.prepare("INSERT INTO units (id, items, bytes, parts) VALUES (?, ?, ?, ?)");
  const reuseUnit = database.prepare(`
    UPDATE units SET state = 1, segment = '${baseSegment}', record_start = ?, rows_bytes = ?, errors_bytes = 0, checksum = ?,
      columns = ?, succeeded = items, failed = 0, finished_at = ?
    WHERE id = ?`);
  const selectLast = database.prepare("SELECT * FROM units ORDER BY id DESC LIMIT 1");
  const selectToDo = database.prepare("SELECT * FROM units WHERE state = 0 AND id > ? ORDER BY id LIMIT ?");
  const selectOne = database.prepare("SELECT * FROM units WHERE state = 0 AND id = ?");
  const claimUnit = database.prepare(
    "UPDATE units SET attempts = attempts + 1, claimed = 1 WHERE id = ? AND state = 0",
  );
  const unclaimUnit = database.prepare(
    "UPDATE units SET attempts = attempts - ?, claimed = 0 WHERE id = ? AND state = 0 AND claimed = 1",
  );
  const recoverUnits = database.prepare(
    "UPDATE units SET attempts = attempts - 1, claimed = 0 WHERE state = 0 AND claimed = 1",
  );
  const updateSuspicion = database.prepare("UPDATE units SET suspicion = ? WHERE id = ?");
  const updateGivingUp = database.prepare("UPDATE units SET giving_up = ? WHERE id = ?");
  const commitUnit = database.prepare(`
    UPDATE units SET state = 1, claimed = 0, segment = ?, worker = ?, record_start = ?, rows_bytes = ?, errors_bytes = ?,
      checksum = ?, succeeded = ?, failed = ?, finished_at = ?, worker_pid = ?, started_at = ?, duration_ms = ?,
      process_ms = ?, infer_ms = ?, smallest_run = ?, columns = ?
    WHERE id = ? AND state = 0`);
  const addFailedFile = database.prepare("INSERT INTO failed_files (file) VALUES (?) ON CONFLICT DO NOTHING");
  const selectAttempts = database
    .prepare("SELECT COALESCE(SUM(attempts - (giving_up IS NOT NULL AND state = 1)), 0) FROM units")
    .pluck();
  const selectCounted = database.prepare("SELECT succeeded, failed, segment FROM units WHERE state = 1 AND id = ?");
  const undoUnit = database.prepare(`
    UPDATE units SET state = 0, claimed = 0, attempts = attempts - (segment <> '${baseSegment}'), segment = NULL, worker = NULL,
      record_start = NULL, rows_bytes = NULL, errors_bytes = NULL, checksum = NULL, succeeded = NULL, failed = NULL,
      finished_at = NULL
    WHERE id = ?`);
  const selectOfSegment = database.prepare("SELECT id FROM units WHERE state = 1 AND segment = ? AND id >= ?").pluck();
  const selectTotals = database.prepare(`
    SELECT COALESCE(SUM(items), 0) AS planned, COALESCE(SUM(succeeded), 0) AS succeeded, COALESCE(SUM(failed), 0) AS failed,
      COALESCE(SUM(CASE WHEN segment = '${baseSegment}' THEN items END), 0) AS reused, COALESCE(SUM(state), 0) AS units_done, COUNT(*) AS units
    FROM units`);
  const selectRecords = database.prepare("SELECT * FROM units WHERE state = 1 AND id >= ? ORDER BY id LIMIT 512");
  const selectSuspicions = database.prepare<[], { suspicion: string }>(
    "SELECT suspicion FROM units WHERE suspicion IS NOT NULL",
  );

  const inTransaction = database.transaction((work: () => void) => work());

  let facts = loadFacts();
  function loadFacts(): JournalFacts {
    const stored = Object.fromEntries(readFacts.all().map((row) => [row.name, JSON.parse(row.value) as unknown]));
    return factsSchema.parse({ ...firstFacts, ...stored });
  }

  return {
    facts: () => facts,
    setFacts(changes) {
      const write = () => {
        for (const [name, value] of Object.entries(changes)) writeFact.run(name, JSON.stringify(value));
      };
      // Files get their final names after this: a power cut must not take the reason away and leave the names.
      if (changes.ending !== undefined || changes.merged !== undefined) inDurableTransaction(database, write);
      else inTransaction(write);
      facts = { ...facts, ...changes };
    },
    addUnits(units, reused = []) {
      const now = new Date().toISOString();
      inTransaction(() => {
        for (const unit of units) insertUnit.run(unit.id, unit.items, bytesOf(unit), JSON.stringify(unit.parts));
        for (const { unitId, offset, rowsBytes, checksum, columns } of reused) {
          reuseUnit.run(offset, rowsBytes, checksum, columns === null ? null : JSON.stringify(columns), now, unitId);
        }
      });
    },
    lastUnit() {
      const row = selectLast.get();
      return row === undefined ? null : toUnitToDo(row).unit;
    },
    unitCount: () => totalsRowSchema.parse(selectTotals.get()).units,
    unitsToDo: (afterId, limit) => selectToDo.all(afterId, limit).map(toUnitToDo),
    unitToDo(id) {
      const row = selectOne.get(id);
      return row === undefined ? null : toUnitToDo(row);
    },
    claim(ids) {
      inTransaction(() => {
        for (const id of ids) claimUnit.run(id);
      });
    },
    unclaim(ids, how) {
      inTransaction(() => {
        for (const id of ids) unclaimUnit.run(how === "given-back" ? 1 : 0, id);
      });
    },
    recover() {
      recoverUnits.run();
    },
    setSuspicion(id, suspicion) {
      updateSuspicion.run(JSON.stringify(suspicion), id);
    },
    setGivingUp(id, reason) {
      updateGivingUp.run(JSON.stringify(reason), id);
    },
    commit(segment, worker, units) {
      const finishedAt = new Date().toISOString();
      const pid = worker.pid() ?? null;
      const stageMs = { ...facts.stageMs };
      let { smallestBatch } = facts;
      let newlyFailed = 0;
      inTransaction(() => {
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
          stageMs.read += unit.times.read;
          stageMs.preprocess += unit.times.preprocess;
          stageMs.infer += unit.times.infer;
          stageMs.postprocess += unit.times.postprocess;
          stageMs.write += unit.times.write;
        }
        writeFact.run("stageMs", JSON.stringify(stageMs));
        if (smallestBatch !== facts.smallestBatch) writeFact.run("smallestBatch", JSON.stringify(smallestBatch));
        if (newlyFailed > 0) writeFact.run("failedFiles", JSON.stringify(facts.failedFiles + newlyFailed));
      });
      facts = { ...facts, stageMs, smallestBatch, failedFiles: facts.failedFiles + newlyFailed };
      return newlyFailed;
    },
    undo(ids, segments, fromId) {
      const units: UnitToDo[] = [];
      let succeeded = 0;
      let failed = 0;
      let reused = 0;
      inTransaction(() => {
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
          units.push(toUnitToDo(selectOne.get(id)));
        }
        writeFact.run("redoneUnits", JSON.stringify(facts.redoneUnits + units.length));
      });
      facts = { ...facts, redoneUnits: facts.redoneUnits + units.length };
      return { units, succeeded, failed, reused };
    },
    totals() {
      const row = totalsRowSchema.parse(selectTotals.get());
      return {
        planned: row.planned,
        succeeded: row.succeeded,
        failed: row.failed,
        reused: row.reused,
        unitsDone: row.units_done,
        units: row.units,
      };
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
    poisonedItems: () => suspicions().reduce((total, suspicion) => total + suspicion.poisoned.length, 0),
    attempts: () => selectAttempts.get() as number,
    close: () => database.close(),
  };

  function suspicions(): Suspicion[] {
    return selectSuspicions.all().map((row) => suspicionSchema.parse(JSON.parse(row.suspicion)));
  }
}

function toUnitToDo(raw: unknown): UnitToDo {
  const row = unitRowSchema.parse(raw);
  return {
    unit: { id: row.id, items: row.items, parts: partsSchema.parse(JSON.parse(row.parts)) },
    bytes: row.bytes,
    attempts: row.attempts,
    suspicion: row.suspicion === null ? noSuspicion : suspicionSchema.parse(JSON.parse(row.suspicion)),
    givingUp: row.giving_up === null ? null : givingUpSchema.parse(JSON.parse(row.giving_up)),
  };
}

function bytesOf(unit: Unit): number {
  return unit.parts.reduce(
    (total, part) => total + (part.end > part.start ? part.end - part.start : part.sizeBytes),
    0,
  );
}
