import * as z from "zod";
import { batchdeckPropertiesSchema, deploymentSettingsSchema } from "../contract/nouns/deployment.ts";
import { scorerSchema } from "../contract/nouns/scorer.ts";
import { readableRows, storedRow } from "./rows/damage.ts";
import { inSpec } from "./jobs-reading.ts";
import { jsonColumn, sourceSchema, timestamp } from "./rows/json-column.ts";
import type { SqliteDatabase } from "./open-database.ts";

const rowSchema = z
  .strictObject({
    endpoint_name: z.string(),
    name: z.string(),
    source: jsonColumn(sourceSchema),
    model_name: z.string(),
    model_version: z.string(),
    model_hash: z.string(),
    compute_name: z.string(),
    scorer: jsonColumn(scorerSchema),
    settings: jsonColumn(deploymentSettingsSchema),
    properties: jsonColumn(batchdeckPropertiesSchema),
    created_at: z.string(),
    updated_at: z.string(),
    trusted_hash: z.string().nullable(),
  })
  .transform((row) => ({
    endpointName: row.endpoint_name,
    name: row.name,
    /** The YAML as it was read, whole. */
    source: row.source,
    modelName: row.model_name,
    modelVersion: row.model_version,
    modelHash: row.model_hash,
    computeName: row.compute_name,
    scorer: row.scorer,
    settings: row.settings,
    properties: row.properties,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    /** What its user trusted (see deployments/trust.ts); null: nothing yet. Saving it again keeps this. */
    trustedHash: row.trusted_hash,
  }));

export type DeploymentRecord = Readonly<z.output<typeof rowSchema>>;
type DeploymentToSave = Omit<DeploymentRecord, "createdAt" | "updatedAt" | "modelHash" | "trustedHash">;

export type DeploymentsRepository = {
  /** Makes or overwrites; endpoint, model and compute must exist. */
  readonly save: (deployment: DeploymentToSave) => DeploymentRecord;
  readonly find: (endpointName: string, name: string) => DeploymentRecord | null;
  /** By name; of every endpoint when none is given, then by endpoint and name. */
  readonly list: (endpointName?: string) => readonly DeploymentRecord[];
  readonly listByModel: (modelName: string, modelVersion: string) => readonly DeploymentRecord[];
  /** Of the code that any deployment, or any job, runs. */
  readonly listCodeHashes: () => readonly string[];
  readonly setTrustedHash: (endpointName: string, name: string, hash: string) => void;
  readonly listByCompute: (computeName: string) => readonly DeploymentRecord[];
  /** False when there was none. An endpoint that had it as its default has none afterwards. */
  readonly remove: (endpointName: string, name: string) => boolean;
};

export function deploymentsRepository(database: SqliteDatabase): DeploymentsRepository {
  const columns = `
    SELECT deployments.*, models.hash AS model_hash FROM deployments
    JOIN models ON models.name = deployments.model_name AND models.version = deployments.model_version`;
  const save = database.prepare(`
    INSERT INTO deployments (endpoint_name, name, source, model_name, model_version, compute_name, scorer, settings,
      properties, created_at, updated_at)
    VALUES (@endpointName, @name, @source, @modelName, @modelVersion, @computeName, @scorer, @settings, @properties, @now, @now)
    ON CONFLICT (endpoint_name, name) DO UPDATE SET source = @source, model_name = @modelName,
      model_version = @modelVersion, compute_name = @computeName, scorer = @scorer, settings = @settings,
      properties = @properties, updated_at = @now`);
  const find = database.prepare(`${columns} WHERE deployments.endpoint_name = ? AND deployments.name = ?`);
  const list = database.prepare(`${columns} ORDER BY deployments.endpoint_name, deployments.name`);
  const listByEndpoint = database.prepare(`${columns} WHERE deployments.endpoint_name = ? ORDER BY deployments.name`);
  const listByModel = database.prepare(
    `${columns} WHERE model_name = ? AND model_version = ? ORDER BY deployments.endpoint_name, deployments.name`,
  );
  const listByCompute = database.prepare(
    `${columns} WHERE compute_name = ? ORDER BY deployments.endpoint_name, deployments.name`,
  );
  const remove = database.prepare("DELETE FROM deployments WHERE endpoint_name = ? AND name = ?");
  const setTrustedHash = database.prepare(
    "UPDATE deployments SET trusted_hash = ? WHERE endpoint_name = ? AND name = ?",
  );
  const listCodeHashes = database
    .prepare(`
      SELECT CASE WHEN json_valid(scorer) THEN json_extract(scorer, '$.hash') END AS hash FROM deployments WHERE hash IS NOT NULL
      UNION
      SELECT ${inSpec("scorer.hash")} AS hash FROM jobs WHERE hash IS NOT NULL`)
    .pluck();
  const clearDefault = database.prepare(`
    UPDATE endpoints SET default_deployment = NULL, updated_at = ?
    WHERE name = ? AND default_deployment = ? COLLATE NOCASE`);
  const readable = (rows: readonly unknown[]) => readableRows(rowSchema, rows);
  const findOne = (endpointName: string, name: string) =>
    storedRow(rowSchema, find.get(endpointName, name), "deployments", name);
  const removeBoth = database.transaction((endpointName: string, name: string): boolean => {
    clearDefault.run(timestamp(), endpointName, name);
    return remove.run(endpointName, name).changes > 0;
  });
  return {
    save: (deployment) => {
      save.run({
        ...deployment,
        source: JSON.stringify(deployment.source),
        scorer: JSON.stringify(deployment.scorer),
        settings: JSON.stringify(deployment.settings),
        properties: JSON.stringify(deployment.properties),
        now: timestamp(),
      });
      const saved = findOne(deployment.endpointName, deployment.name);
      if (saved === null) throw new Error(`Deployment ${deployment.name} vanished while it was saved.`);
      return saved;
    },
    find: findOne,
    list: (endpointName) => readable(endpointName === undefined ? list.all() : listByEndpoint.all(endpointName)),
    listByModel: (modelName, modelVersion) => readable(listByModel.all(modelName, modelVersion)),
    listCodeHashes: () => readableRows(z.string(), listCodeHashes.all()),
    setTrustedHash: (endpointName, name, hash) => {
      setTrustedHash.run(hash, endpointName, name);
    },
    listByCompute: (computeName) => readable(listByCompute.all(computeName)),
    remove: (endpointName, name) => removeBoth.immediate(endpointName, name),
  };
}
