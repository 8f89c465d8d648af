import * as z from "zod";
import { type NodePrice, nodePriceSchema } from "../../contract/nouns/azure/azure-estimate.ts";
import type { AzurePlace } from "../../contract/nouns/azure/azure-place.ts";
import { readableRows } from "../rows/damage.ts";
import { timestamp } from "../rows/json-column.ts";
import type { SqliteDatabase } from "../open-database.ts";

const runSchema = z.strictObject({
  nodes: z.number().int().positive(),
  bytes: z.number().int().min(0),
  seconds: z.number().positive(),
});
const speedSchema = z.strictObject({ bytes: z.number().int().positive(), seconds: z.number().positive() });
const limitSchema = z.strictObject({ bytes_per_second: z.number().positive() });
const sentSchema = z.strictObject({ job: z.string() });

/** A workspace, and the cloud that it is in. */
export type CloudPlace = { readonly cloud: string; readonly place: AzurePlace };
/** A deployment in Azure, on the cluster that it ran on. */
export type AzureTarget = CloudPlace & {
  readonly endpoint: string;
  readonly deployment: string;
  readonly compute: string;
};
/** Files, by a hash of their list, and the container that they are sent to. */
export type SentTo = { readonly store: string; readonly listing: string };

/** What this computer has learned of jobs in Azure, and what its user says about them. */
export type AzureHistoryRepository = {
  readonly addRun: (target: AzureTarget, run: Readonly<z.infer<typeof runSchema>> & { readonly job: string }) => void;
  /** The last few of the target, newest first. */
  readonly runs: (target: AzureTarget) => readonly Readonly<z.infer<typeof runSchema>>[];
  /** `speed` null: nothing had to be sent, or it was held back. */
  readonly addUpload: (
    to: SentTo,
    upload: { readonly job: string; readonly speed: Readonly<z.infer<typeof speedSchema>> | null },
  ) => void;
  /** The job that sent these files there; null: none did. */
  readonly sentBy: (to: SentTo) => string | null;
  /** The last few speeds to that container, newest first. */
  readonly speeds: (store: string) => readonly Readonly<z.infer<typeof speedSchema>>[];
  readonly price: (at: CloudPlace, compute: string) => NodePrice | null;
  /** Null takes it away. */
  readonly setPrice: (at: CloudPlace, compute: string, price: NodePrice | null) => void;
  /** Bytes a second that the upload of that job may use; null: all that there are. */
  readonly uploadLimit: (job: string) => number | null;
  readonly limitUpload: (job: string, bytesPerSecond: number | null) => void;
};

const keptRuns = 5;
const keptUploads = 500;

export function azureHistoryRepository(database: SqliteDatabase): AzureHistoryRepository {
  const ofTarget =
    "workspace = @workspace AND endpoint = @endpoint AND deployment = @deployment AND compute = @compute";
  const newest = "ORDER BY ended_at DESC, job DESC";
  const addRun = database.prepare(`
    INSERT OR REPLACE INTO azure_runs (workspace, endpoint, deployment, compute, job, nodes, bytes, seconds, ended_at)
    VALUES (@workspace, @endpoint, @deployment, @compute, @job, @nodes, @bytes, @seconds, @now)`);
  const forgetRuns = database.prepare(`DELETE FROM azure_runs WHERE ${ofTarget} AND job NOT IN (
    SELECT job FROM azure_runs WHERE ${ofTarget} ${newest} LIMIT ${keptRuns})`);
  const runs = database.prepare(`SELECT nodes, bytes, seconds FROM azure_runs WHERE ${ofTarget} ${newest}`);
  // What is sent again is not sent anew: its speed stays that of the first time.
  const addUpload = database.prepare(`
    INSERT INTO azure_uploads (store, listing, job, bytes, seconds, ended_at)
    VALUES (@store, @listing, @job, @bytes, @seconds, @now)
    ON CONFLICT (store, listing) DO UPDATE SET job = excluded.job, ended_at = excluded.ended_at,
      bytes = coalesce(excluded.bytes, bytes), seconds = coalesce(excluded.seconds, seconds)`);
  const forgetUploads = database.prepare(`
    DELETE FROM azure_uploads WHERE (store, listing) IN (
      SELECT store, listing FROM azure_uploads ORDER BY ended_at DESC LIMIT -1 OFFSET ${keptUploads})`);
  const sentBy = database.prepare("SELECT job FROM azure_uploads WHERE store = @store AND listing = @listing");
  const speeds = database.prepare(`
    SELECT bytes, seconds FROM azure_uploads WHERE store = ? AND seconds IS NOT NULL ${newest} LIMIT ${keptRuns}`);
  const price = database.prepare(
    "SELECT amount, currency FROM azure_prices WHERE workspace = @workspace AND compute = @compute",
  );
  const setPrice = database.prepare(`
    INSERT OR REPLACE INTO azure_prices (workspace, compute, amount, currency)
    VALUES (@workspace, @compute, @amount, @currency)`);
  const removePrice = database.prepare("DELETE FROM azure_prices WHERE workspace = @workspace AND compute = @compute");
  const limit = database.prepare("SELECT bytes_per_second FROM azure_upload_limits WHERE job = ?");
  const setLimit = database.prepare("INSERT OR REPLACE INTO azure_upload_limits (job, bytes_per_second) VALUES (?, ?)");
  const removeLimit = database.prepare("DELETE FROM azure_upload_limits WHERE job = ?");

  function keyOf({ endpoint, deployment, compute, ...at }: AzureTarget) {
    return { workspace: workspaceKey(at), endpoint, deployment, compute };
  }

  return {
    addRun(target, run) {
      addRun.run({ ...keyOf(target), ...run, now: timestamp() });
      forgetRuns.run(keyOf(target));
    },
    runs: (target) => readableRows(runSchema, runs.all(keyOf(target))),
    addUpload(to, { job, speed }) {
      addUpload.run({ ...to, job, bytes: speed?.bytes ?? null, seconds: speed?.seconds ?? null, now: timestamp() });
      forgetUploads.run();
    },
    sentBy: (to) => readable(sentSchema, sentBy.get(to))?.job ?? null,
    speeds: (store) => readableRows(speedSchema, speeds.all(store)),
    price: (at, compute) => readable(nodePriceSchema, price.get({ workspace: workspaceKey(at), compute })),
    setPrice(at, compute, wanted) {
      const key = { workspace: workspaceKey(at), compute };
      if (wanted === null) removePrice.run(key);
      else setPrice.run({ ...key, ...wanted });
    },
    uploadLimit: (job) => readable(limitSchema, limit.get(job))?.bytes_per_second ?? null,
    limitUpload(job, bytesPerSecond) {
      if (bytesPerSecond === null) removeLimit.run(job);
      else setLimit.run(job, bytesPerSecond);
    },
  };
}

/** Null: there is none, or it makes no sense: an estimate is worth no trouble. */
function readable<Schema extends z.ZodType>(schema: Schema, row: unknown): z.output<Schema> | null {
  return readableRows(schema, [row])[0] ?? null;
}

/** Names that differ in case alone are one place in Azure. */
function workspaceKey({ cloud, place }: CloudPlace): string {
  const { subscription, resource_group, workspace } = place;
  return JSON.stringify([cloud, subscription, resource_group, workspace]).toLowerCase();
}
