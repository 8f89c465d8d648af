import * as z from "zod";
import type { AzureWriteFacts } from "../words/english/parts/azure-write-words.ts";

/** What is being changed in an Azure ML workspace, as sentences name it. */
export type AzureWrite = AzureWriteFacts;

const writeShape = {
  noun: z.enum(["endpoint", "deployment"]),
  name: z.string(),
  endpoint: z.string().nullable(),
  change: z.enum(["create", "update", "delete"]),
} as const satisfies Record<keyof AzureWrite, z.ZodType>;

/** How far a change of an Azure ML workspace has come. */
export const azureProgressSchema = z.discriminatedUnion("kind", [
  /** Files on their way to the workspace's default datastore. `sentBytes` counts what was there already, too. */
  z.strictObject({
    kind: z.literal("uploading"),
    what: z.enum(["model", "code", "data"]),
    sentBytes: z.number(),
    totalBytes: z.number(),
    /** Over the last seconds; 0 until it is known. */
    bytesPerSecond: z.number(),
  }),
  /** `isNew` false: the same content was there under that name and version. */
  z.strictObject({
    kind: z.literal("registered"),
    what: z.enum(["model", "code", "environment", "data"]),
    name: z.string(),
    version: z.string(),
    isNew: z.boolean(),
  }),
  /** Azure took a change and works on it. `status`: its own word; `seconds`: since it began. */
  z.strictObject({ kind: z.literal("working"), status: z.string(), seconds: z.number(), ...writeShape }),
  /** Azure is done with it. */
  z.strictObject({ kind: z.literal("done"), ...writeShape }),
]);
export type AzureProgress = Readonly<z.infer<typeof azureProgressSchema>>;

/** What Azure does otherwise with a deployment than this computer, to be said before anything is sent. */
export const azureDifferenceSchema = z.discriminatedUnion("kind", [
  /** Folders in the input folder are not scored. */
  z.strictObject({ kind: z.literal("nested-folders") }),
  /** Rows come in any order, without a header, until Batchdeck has downloaded them. */
  z.strictObject({ kind: z.literal("rows") }),
  /** Counts that were left out are every core here and 1 there. */
  z.strictObject({ kind: z.literal("one-worker") }),
  /** Settings of Batchdeck's that Azure does not have: keys under `properties`. */
  z.strictObject({ kind: z.literal("own-settings"), keys: z.array(z.string()) }),
  /** `error_threshold` counts files there, and rows of tables here. */
  z.strictObject({ kind: z.literal("files-are-items") }),
  /** 30 seconds are counted from the start of each mini-batch there, not from its last finished item. */
  z.strictObject({ kind: z.literal("timeout") }),
]);
export type AzureDifference = Readonly<z.infer<typeof azureDifferenceSchema>>;
