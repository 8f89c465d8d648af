import * as z from "zod";
import { readableRows } from "./rows/damage.ts";
import { timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    id: z.string(),
    job: z.string(),
    pid: z.number().int(),
    started_at: z.string(),
    heartbeat_at: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    job: row.job,
    pid: row.pid,
    startedAt: row.started_at,
    heartbeatAt: row.heartbeat_at,
  }));

/** A command that waits for a job. An engine without a window works only for jobs that something waits for. */
type WaiterRecord = Readonly<z.output<typeof rowSchema>>;

export type WaitersRepository = {
  /** The job must exist. */
  readonly add: (waiter: { readonly id: string; readonly job: string; readonly pid: number }) => void;
  /** Says that the waiter lives; false when its job was deleted. */
  readonly beat: (id: string) => boolean;
  readonly remove: (id: string) => void;
  /** Waiters heard of at or after `since` (ISO 8601). */
  readonly listAlive: (since: string) => readonly WaiterRecord[];
  /** Forgets those not heard of since `before` (ISO 8601). */
  readonly removeSilent: (before: string) => void;
};

export function waitersRepository(database: SqliteDatabase): WaitersRepository {
  const add = database.prepare(
    "INSERT INTO waiters (id, job, pid, started_at, heartbeat_at) VALUES (@id, @job, @pid, @now, @now)",
  );
  const beat = database.prepare("UPDATE waiters SET heartbeat_at = ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM waiters WHERE id = ?");
  const listAlive = database.prepare("SELECT * FROM waiters WHERE heartbeat_at >= ? ORDER BY started_at, id");
  const removeSilent = database.prepare("DELETE FROM waiters WHERE heartbeat_at < ?");
  return {
    add: (waiter) => {
      add.run({ ...waiter, now: timestamp() });
    },
    beat: (id) => beat.run(timestamp(), id).changes > 0,
    remove: (id) => {
      remove.run(id);
    },
    listAlive: (since) => readableRows(rowSchema, listAlive.all(since)),
    removeSilent: (before) => {
      removeSilent.run(before);
    },
  };
}
