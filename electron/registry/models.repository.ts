import { modelTypeSchema } from "../contract/views/model.ts";
import * as z from "zod";
import { modelSignatureSchema } from "../contract/signature.ts";
import { readableRows, storedRow } from "./rows/damage.ts";
import { jsonColumn, timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    hash: z.string(),
    folder: z.string(),
    onnx_file: z.string(),
    signature: jsonColumn(modelSignatureSchema),
    created_at: z.string(),
    type: modelTypeSchema,
  })
  .transform((row) => ({
    name: row.name,
    version: row.version,
    /** SHA-256 over the files as they were given, in hexadecimal. */
    hash: row.hash,
    /** Relative to the model store, with `/`: NAME/VERSION, and for a model that was a folder that folder's own name below it. */
    folder: row.folder,
    /** Relative to `folder`, with `/`; empty for a model of which nothing was opened: only scripts can use it. */
    onnxFile: row.onnx_file,
    signature: row.signature,
    type: row.type,
    createdAt: row.created_at,
  }));

export type ModelRecord = Readonly<z.output<typeof rowSchema>>;
type ModelToAdd = Omit<ModelRecord, "createdAt">;

export type ModelsRepository = {
  /** Adds a version; name and version must be new. */
  readonly add: (model: ModelToAdd) => ModelRecord;
  readonly find: (name: string, version: string) => ModelRecord | null;
  /** The version that was added last. */
  readonly findLatest: (name: string) => ModelRecord | null;
  readonly findByHash: (name: string, hash: string) => ModelRecord | null;
  /** Of that name, also those that are damaged. */
  readonly versions: (name: string) => readonly string[];
  /** By name, newest version first. */
  readonly list: (name?: string) => readonly ModelRecord[];
  /** False when there was none. Throws when a deployment uses it. */
  readonly remove: (name: string, version: string) => boolean;
};

export function modelsRepository(database: SqliteDatabase): ModelsRepository {
  const add = database.prepare(`
    INSERT INTO models (name, version, hash, folder, onnx_file, signature, type, created_at)
    VALUES (@name, @version, @hash, @folder, @onnxFile, @signature, @type, @now) RETURNING *`);
  const find = database.prepare("SELECT * FROM models WHERE name = ? AND version = ?");
  const findLatest = database.prepare("SELECT * FROM models WHERE name = ? ORDER BY rowid DESC LIMIT 1");
  const findByHash = database.prepare("SELECT * FROM models WHERE name = ? AND hash = ? ORDER BY rowid DESC LIMIT 1");
  const list = database.prepare("SELECT * FROM models ORDER BY name, rowid DESC");
  const listByName = database.prepare("SELECT * FROM models WHERE name = ? ORDER BY rowid DESC");
  const versions = database.prepare("SELECT version FROM models WHERE name = ?").pluck();
  const remove = database.prepare("DELETE FROM models WHERE name = ? AND version = ?");
  const one = (row: unknown, name: string) => storedRow(rowSchema, row, "models", name);
  return {
    add: (model) =>
      rowSchema.parse(add.get({ ...model, signature: JSON.stringify(model.signature), now: timestamp() })),
    find: (name, version) => one(find.get(name, version), name),
    findLatest: (name) => one(findLatest.get(name), name),
    findByHash: (name, hash) => one(findByHash.get(name, hash), name),
    versions: (name) => readableRows(z.string(), versions.all(name)),
    list: (name) => readableRows(rowSchema, name === undefined ? list.all() : listByName.all(name)),
    remove: (name, version) => remove.run(name, version).changes > 0,
  };
}
