import * as z from "zod";
import { readableRows, storedRow } from "./rows/damage.ts";
import { timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({ name: z.string(), path: z.string(), created_at: z.string(), updated_at: z.string() })
  .transform((row) => ({
    name: row.name,
    /** Absolute path of its folder. */
    path: row.path,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));

export type DatastoreRecord = Readonly<z.output<typeof rowSchema>>;

export type DatastoresRepository = {
  /** Makes it, or gives the one of that name another folder. */
  readonly save: (datastore: { readonly name: string; readonly path: string }) => DatastoreRecord;
  readonly find: (name: string) => DatastoreRecord | null;
  /** By name. */
  readonly list: () => readonly DatastoreRecord[];
};

export function datastoresRepository(database: SqliteDatabase): DatastoresRepository {
  const save = database.prepare(`
    INSERT INTO datastores (name, path, created_at, updated_at) VALUES (@name, @path, @now, @now)
    ON CONFLICT (name) DO UPDATE SET path = excluded.path, updated_at = excluded.updated_at RETURNING *`);
  const find = database.prepare("SELECT * FROM datastores WHERE name = ?");
  const list = database.prepare("SELECT * FROM datastores ORDER BY name");
  return {
    save: (datastore) => rowSchema.parse(save.get({ ...datastore, now: timestamp() })),
    find: (name) => storedRow(rowSchema, find.get(name), "datastores", name),
    list: () => readableRows(rowSchema, list.all()),
  };
}
