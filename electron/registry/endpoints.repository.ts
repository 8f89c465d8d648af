import * as z from "zod";
import { readableRows, storedRow } from "./rows/damage.ts";
import { jsonColumn, sourceSchema, textMapSchema, timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    tags: jsonColumn(textMapSchema),
    properties: jsonColumn(textMapSchema),
    auth_mode: z.string(),
    default_deployment: z.string().nullable(),
    source: jsonColumn(sourceSchema),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform((row) => ({
    name: row.name,
    description: row.description,
    tags: row.tags,
    properties: row.properties,
    authMode: row.auth_mode,
    defaultDeployment: row.default_deployment,
    /** The YAML it was made from, whole, so that it can be written out again; empty when made by flags. */
    source: row.source,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));

export type EndpointRecord = Readonly<z.output<typeof rowSchema>>;
type EndpointToSave = Omit<EndpointRecord, "createdAt" | "updatedAt">;

export type EndpointsRepository = {
  /** Makes or overwrites; the creation time and the deployments of an existing one stay. */
  readonly save: (endpoint: EndpointToSave) => EndpointRecord;
  readonly find: (name: string) => EndpointRecord | null;
  /** By name. */
  readonly list: () => readonly EndpointRecord[];
  readonly setDefaultDeployment: (name: string, deployment: string | null) => void;
  /** Also removes its deployments; jobs stay. False when there was none. */
  readonly remove: (name: string) => boolean;
};

export function endpointsRepository(database: SqliteDatabase): EndpointsRepository {
  const save = database.prepare(`
    INSERT INTO endpoints (name, description, tags, properties, auth_mode, default_deployment, source, created_at, updated_at)
    VALUES (@name, @description, @tags, @properties, @authMode, @defaultDeployment, @source, @now, @now)
    ON CONFLICT (name) DO UPDATE SET description = @description, tags = @tags, properties = @properties,
      auth_mode = @authMode, default_deployment = @defaultDeployment, source = @source, updated_at = @now
    RETURNING *`);
  const find = database.prepare("SELECT * FROM endpoints WHERE name = ?");
  const list = database.prepare("SELECT * FROM endpoints ORDER BY name");
  const setDefault = database.prepare("UPDATE endpoints SET default_deployment = ?, updated_at = ? WHERE name = ?");
  const remove = database.prepare("DELETE FROM endpoints WHERE name = ?");
  return {
    save: (endpoint) =>
      rowSchema.parse(
        save.get({
          ...endpoint,
          tags: JSON.stringify(endpoint.tags),
          properties: JSON.stringify(endpoint.properties),
          source: JSON.stringify(endpoint.source),
          now: timestamp(),
        }),
      ),
    find: (name) => storedRow(rowSchema, find.get(name), "endpoints", name),
    list: () => readableRows(rowSchema, list.all()),
    setDefaultDeployment: (name, deployment) => {
      setDefault.run(deployment, timestamp(), name);
    },
    remove: (name) => remove.run(name).changes > 0,
  };
}
