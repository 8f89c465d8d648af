import * as z from "zod";
import { readableRows, storedRow } from "./rows/damage.ts";
import { timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    type: z.enum(["uri_folder", "uri_file"]),
    path: z.string(),
    description: z.string(),
    created_at: z.string(),
  })
  .transform((row) => ({
    name: row.name,
    version: row.version,
    type: row.type,
    /** Absolute, or an address that is looked up whenever the asset is used. */
    path: row.path,
    description: row.description,
    createdAt: row.created_at,
  }));

export type DataAssetRecord = Readonly<z.output<typeof rowSchema>>;

export type DataAssetsRepository = {
  /** Adds a version; name and version must be new. */
  readonly add: (asset: Omit<DataAssetRecord, "createdAt">) => DataAssetRecord;
  readonly find: (name: string, version: string) => DataAssetRecord | null;
  /** The version that was made last. */
  readonly findLatest: (name: string) => DataAssetRecord | null;
  /** By name, newest version first. */
  readonly list: (name?: string) => readonly DataAssetRecord[];
};

export function dataAssetsRepository(database: SqliteDatabase): DataAssetsRepository {
  const add = database.prepare(`
    INSERT INTO data_assets (name, version, type, path, description, created_at)
    VALUES (@name, @version, @type, @path, @description, @now) RETURNING *`);
  const find = database.prepare("SELECT * FROM data_assets WHERE name = ? AND version = ?");
  const findLatest = database.prepare("SELECT * FROM data_assets WHERE name = ? ORDER BY rowid DESC LIMIT 1");
  const list = database.prepare("SELECT * FROM data_assets ORDER BY name, rowid DESC");
  const listByName = database.prepare("SELECT * FROM data_assets WHERE name = ? ORDER BY rowid DESC");
  const one = (row: unknown, name: string) => storedRow(rowSchema, row, "data assets", name);
  return {
    add: (asset) => rowSchema.parse(add.get({ ...asset, now: timestamp() })),
    find: (name, version) => one(find.get(name, version), name),
    findLatest: (name) => one(findLatest.get(name), name),
    list: (name) => readableRows(rowSchema, name === undefined ? list.all() : listByName.all(name)),
  };
}
