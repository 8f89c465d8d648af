import * as z from "zod";
import { itemErrorCodeSchema, itemStageSchema } from "../../contract/item-error.ts";
import { itemRangeSchema } from "../../contract/messages/worker-messages.ts";
import type { ReusedMiniBatch } from "../../contract/nouns/base-job.ts";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { MiniBatch } from "../../contract/nouns/mini-batch.ts";
import { miniBatchPartSchema } from "../../contract/nouns/mini-batch.ts";
import { fileDamage, stored, storedJson } from "../../registry/rows/damage.ts";
import type { SqliteDatabase } from "../../registry/open-database.ts";
import { checkOf, doneOf, isUnchanged, planOf, rowCount } from "../../registry/rows/row-checks.ts";
import type { Suspicion } from "./narrowing.ts";
import { noSuspicion } from "./narrowing.ts";

/** The mini-batches that are to do: planned, claimed, suspected, given up. Whatever reads one throws Damage. */
export type ToDoTable = {
  /** Appends planned mini-batches; they must continue the numbering. Those in `reused` are done: the base holds their rows. */
  readonly addMiniBatches: (miniBatches: readonly MiniBatch[], reused?: readonly ReusedMiniBatch[]) => void;
  readonly lastMiniBatch: () => MiniBatch | null;
  /** Mini-batches still to do with an id above `afterId`, in order. */
  readonly miniBatchesToDo: (afterId: number, limit: number) => MiniBatchToDo[];
  readonly miniBatchToDo: (id: number) => MiniBatchToDo | null;
  /** Counts an attempt for each mini-batch, before it is sent. */
  readonly claim: (ids: readonly number[]) => void;
  readonly unclaim: (ids: readonly number[], how: ClaimEnd) => void;
  /** Gives back what an engine that is gone had claimed. Called once, when the journal is opened by the engine. */
  readonly recover: () => void;
  readonly setSuspicion: (id: number, suspicion: Suspicion) => void;
  readonly setGivingUp: (id: number, reason: GivingUp) => void;
  /** Items that were found to be deadly. */
  readonly poisonedItems: () => number;
};

/** How a claim ends without a commit. `given-back`: the attempt was cut short and does not count. */
export type ClaimEnd = "attempt-failed" | "given-back";

/** The engine gave a mini-batch up: every item of it is recorded as failed. */
const givingUpSchema = z.strictObject({ stage: itemStageSchema, code: itemErrorCodeSchema, message: z.string() });
export type GivingUp = Readonly<z.infer<typeof givingUpSchema>>;

export type MiniBatchToDo = {
  readonly miniBatch: MiniBatch;
  readonly bytes: number;
  readonly attempts: number;
  readonly suspicion: Suspicion;
  readonly givingUp: GivingUp | null;
};

const partsSchema = z.array(miniBatchPartSchema).nonempty();
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

const miniBatchRowSchema = z.object({
  id: z.number().int().min(0),
  items: z.number().int().min(0),
  bytes: z.number(),
  parts: z.string(),
  plan_check: z.number().nullable(),
  attempts: z.number(),
  suspicion: z.string().nullable(),
  giving_up: z.string().nullable(),
});

export function createToDoTable(database: SqliteDatabase): ToDoTable {
  const insertMiniBatch = database.prepare(
    "INSERT INTO units (id, items, bytes, parts, plan_check) VALUES (?, ?, ?, ?, ?)",
  );
  const reuseMiniBatch = database.prepare(`
    UPDATE units SET state = 1, segment = '${baseSegment}', record_start = ?, rows_bytes = ?, errors_bytes = 0, checksum = ?,
      columns = ?, succeeded = items, failed = 0, not_a_number = ?, row_count = ?, item_files = ?, done_check = ?, finished_at = ?
    WHERE id = ?`);
  const selectLast = database.prepare("SELECT * FROM units ORDER BY id DESC LIMIT 1");
  const selectToDo = database.prepare("SELECT * FROM units WHERE state = 0 AND id > ? ORDER BY id LIMIT ?");
  const selectOne = database.prepare("SELECT * FROM units WHERE state = 0 AND id = ?");
  const claimMiniBatches = database.prepare(
    "UPDATE units SET attempts = attempts + 1, claimed = 1 WHERE id IN (SELECT value FROM json_each(?)) AND state = 0",
  );
  const unclaimMiniBatch = database.prepare(
    "UPDATE units SET attempts = attempts - ?, claimed = 0 WHERE id = ? AND state = 0 AND claimed = 1",
  );
  const recoverMiniBatches = database.prepare(
    "UPDATE units SET attempts = attempts - 1, claimed = 0 WHERE state = 0 AND claimed = 1",
  );
  const updateSuspicion = database.prepare("UPDATE units SET suspicion = ? WHERE id = ?");
  const updateGivingUp = database.prepare("UPDATE units SET giving_up = ? WHERE id = ?");
  const selectSuspicions = database.prepare("SELECT suspicion FROM units WHERE suspicion IS NOT NULL").pluck();

  const inTransaction = database.transaction((work: () => void) => work());

  return {
    addMiniBatches(miniBatches, reused = []) {
      const now = new Date().toISOString();
      inTransaction(() => {
        for (const miniBatch of miniBatches) {
          const { id, items } = miniBatch;
          const parts = JSON.stringify(miniBatch.parts);
          insertMiniBatch.run(id, items, bytesOf(miniBatch), parts, checkOf(...planOf({ id, items, parts })));
        }
        const itemsOf = new Map(miniBatches.map(({ id, items }) => [id, items]));
        for (const { miniBatchId, offset, rowsBytes, checksum, columns, notANumber, rows, itemFiles } of reused) {
          const succeeded = itemsOf.get(miniBatchId) ?? 0;
          const row = {
            ...{ id: miniBatchId, segment: baseSegment, record_start: offset, rows_bytes: rowsBytes, errors_bytes: 0 },
            ...{ checksum, succeeded, failed: 0, not_a_number: notANumber, row_count: rowCount({ rows, succeeded }) },
            columns: columns === null ? null : JSON.stringify(columns),
            item_files: itemFiles === null ? null : JSON.stringify(itemFiles),
          };
          const check = checkOf(...doneOf(row));
          reuseMiniBatch.run(
            ...[
              offset,
              rowsBytes,
              checksum,
              row.columns,
              notANumber,
              row.row_count,
              row.item_files,
              check,
              now,
              miniBatchId,
            ],
          );
        }
      });
    },
    lastMiniBatch() {
      const row = selectLast.get();
      return row === undefined ? null : toMiniBatchToDo(row, database.name).miniBatch;
    },
    miniBatchesToDo: (afterId, limit) =>
      selectToDo.all(afterId, limit).map((row) => toMiniBatchToDo(row, database.name)),
    miniBatchToDo(id) {
      const row = selectOne.get(id);
      return row === undefined ? null : toMiniBatchToDo(row, database.name);
    },
    claim(ids) {
      claimMiniBatches.run(JSON.stringify(ids));
    },
    unclaim(ids, how) {
      inTransaction(() => {
        for (const id of ids) unclaimMiniBatch.run(how === "given-back" ? 1 : 0, id);
      });
    },
    recover() {
      recoverMiniBatches.run();
    },
    setSuspicion(id, suspicion) {
      updateSuspicion.run(JSON.stringify(suspicion), id);
    },
    setGivingUp(id, reason) {
      updateGivingUp.run(JSON.stringify(reason), id);
    },
    poisonedItems: () =>
      selectSuspicions
        .all()
        .map((text) => storedJson(suspicionSchema, stored(z.string(), text, database.name), database.name))
        .reduce((total, suspicion) => total + suspicion.poisoned.length, 0),
  };
}

/** A row of the table of mini-batches of the journal `file`, as it is to do. Throws Damage. */
export function toMiniBatchToDo(raw: unknown, file: string): MiniBatchToDo {
  const row = stored(miniBatchRowSchema, raw, file);
  if (!isUnchanged(row.plan_check, ...planOf(row))) throw fileDamage(file);
  return {
    miniBatch: { id: row.id, items: row.items, parts: storedJson(partsSchema, row.parts, file) },
    bytes: row.bytes,
    attempts: row.attempts,
    suspicion: row.suspicion === null ? noSuspicion : storedJson(suspicionSchema, row.suspicion, file),
    givingUp: row.giving_up === null ? null : storedJson(givingUpSchema, row.giving_up, file),
  };
}

function bytesOf(miniBatch: MiniBatch): number {
  return miniBatch.parts.reduce(
    (total, part) => total + (part.end > part.start ? part.end - part.start : part.sizeBytes),
    0,
  );
}
