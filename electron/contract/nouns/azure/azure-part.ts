import * as z from "zod";
import { azurePlaceSchema } from "./azure-place.ts";

/** Of a datastore's record: where its blobs are, `{protocol}://{accountName}.blob.{endpoint}/{containerName}`. */
export const blobPlaceSchema = z.strictObject({
  name: z.string(),
  protocol: z.string(),
  accountName: z.string(),
  endpoint: z.string(),
  containerName: z.string(),
});
export type BlobPlace = Readonly<z.infer<typeof blobPlaceSchema>>;

/** What of the deployment's run settings this job was given other values for, by the names of Azure's request. */
export const azureOverridesSchema = z.strictObject({
  instanceCount: z.number().int().positive().optional(),
  miniBatchSize: z.number().int().positive().optional(),
  maxConcurrencyPerInstance: z.number().int().positive().optional(),
  errorThreshold: z.number().int().min(-1).optional(),
  maxRetries: z.number().int().min(0).optional(),
  /** Seconds. */
  timeout: z.number().int().positive().optional(),
  loggingLevel: z.enum(["Warning", "Info", "Debug"]).optional(),
});
export type AzureOverrides = Readonly<z.infer<typeof azureOverridesSchema>>;

/** What the rows of a job in Azure hold, and how they are written. */
export const azureRowsSchema = z.discriminatedUnion("kind", [
  /**
   * Of a script that Batchdeck generated (the deployment's property `batchdeck.output`): separated by spaces; file, row (0: the file is
   * the item), then `columns`. `keys`: our predictions begin with file and row, too. `unit`: what the items are; null: it is seen in the rows.
   */
  z.strictObject({
    kind: z.literal("generated"),
    columns: z.array(z.string()),
    keys: z.boolean(),
    unit: z.enum(["row", "file"]).nullable().default(null),
  }),
  /** Of any other script: separated by spaces, no header, whatever it returned. */
  z.strictObject({ kind: z.literal("script") }),
  /** Of an MLflow model without a script: separated by commas; row (of tables), prediction, file name. */
  z.strictObject({ kind: z.literal("mlflow") }),
]);
export type AzureRows = Readonly<z.infer<typeof azureRowsSchema>>;

/**
 * What makes a job one that runs in Azure: whose, where and how it is invoked, frozen at submit. Addresses that a token is sent to are
 * not among it: they are asked for when they are used.
 */
export const azurePartSchema = z.strictObject({
  /** Name of the cloud. */
  cloud: z.string(),
  accountId: z.string(),
  /** The account's name: the job runs with its rights. */
  runAs: z.string(),
  place: azurePlaceSchema,
  /** What the job is called in Azure: made here, so that it can be looked for before and after it is sent. */
  jobName: z.string(),
  /** By which Azure knows a request that is sent again. */
  requestId: z.uuid(),
  /** `upload`: the files of `input.path` are sent to the datastore. `address`: Azure reads what lies there. */
  input: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("upload") }),
    z.strictObject({ kind: z.literal("address"), uri: z.string() }),
  ]),
  /** The workspace's default datastore: inputs are uploaded to it, and results written there. */
  datastore: blobPlaceSchema,
  /** The file of rows that Azure writes; null: its script writes files of its own. */
  rowsFile: z.string().nullable(),
  rows: azureRowsSchema,
  /** The folder within the output folder of what Azure wrote. */
  folder: z.string().default("azure"),
  /**
   * Of a job that tries again what failed in another one: the jobs over whose results its own are put, oldest first, and where in the
   * output folder these lie. The last one knows what failed.
   */
  earlier: z.array(z.strictObject({ job: z.string(), folder: z.string() })).default([]),
  overrides: azureOverridesSchema,
});
export type AzurePart = Readonly<z.infer<typeof azurePartSchema>>;

/** What is known of a job in Azure while it is followed. */
export const azureStandingSchema = z.strictObject({
  /** Azure's word; null: it was not sent yet. */
  status: z.string().nullable(),
  studioUrl: z.string().nullable(),
});
