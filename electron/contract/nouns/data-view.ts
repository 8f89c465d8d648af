import * as z from "zod";
import { problemSchema } from "../problem.ts";

/** What scripts (`data list --json`, `watch list --json`, …) and the window see of where inputs come from. Times in ISO 8601. */

/** A name and a version for a place; nothing is copied. */
export const dataAssetViewSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  type: z.enum(["uri_folder", "uri_file"]),
  /** Absolute, or an address that is looked up whenever the asset is used. */
  path: z.string(),
  description: z.string(),
  created_at: z.string(),
});
export type DataAssetView = Readonly<z.infer<typeof dataAssetViewSchema>>;

/** A local or network folder that stands for one of Azure's stores. */
export const datastoreViewSchema = z.strictObject({
  name: z.string(),
  /** Absolute. */
  path: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type DatastoreView = Readonly<z.infer<typeof datastoreViewSchema>>;

/** A watched folder, how it stands and what was done with it last. */
export const watchViewSchema = z.strictObject({
  id: z.string(),
  /** By its one real path. */
  folder: z.string(),
  endpoint_name: z.string(),
  /** Null: the endpoint's default at the time that files arrive. */
  deployment_name: z.string().nullable(),
  /** Each job writes to a folder of its own in this one; null: in the workspace's outputs. */
  output_path: z.string().nullable(),
  overrides: z.record(z.string(), z.string()),
  settle_seconds: z.number(),
  /** `idle`: no program watches now; `blocked`: one does, and `problem` says what it waits for. */
  state: z.enum(["watching", "blocked", "idle"]),
  jobs: z.number().int(),
  files_submitted: z.number().int(),
  files_refused: z.number().int(),
  last_job: z.string().nullable(),
  last_submitted_at: z.string().nullable(),
  problem: problemSchema.nullable(),
  created_at: z.string(),
});
export type WatchView = Readonly<z.infer<typeof watchViewSchema>>;

/** All that the window's screen of data shows. */
export const dataOverviewSchema = z.strictObject({
  /** By name, newest version first. */
  assets: z.array(dataAssetViewSchema),
  datastores: z.array(datastoreViewSchema),
  /** Oldest first. */
  watches: z.array(watchViewSchema),
});
export type DataOverview = Readonly<z.infer<typeof dataOverviewSchema>>;
