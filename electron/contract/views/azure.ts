import * as z from "zod";
import { azurePlaceSchema } from "../nouns/azure/azure-place.ts";
import { problemSchema } from "../problem.ts";

/**
 * What an Azure ML workspace holds, as scripts see it (`endpoint list -w W --json`, …): Azure's words in snake case, under
 * the keys that the same noun has on this computer, and Azure's own beside them. Times in ISO 8601. Texts are Azure's and
 * may hold anything.
 */

export type { AzurePlace } from "../nouns/azure/azure-place.ts";

const textMap = z.record(z.string(), z.string());
const created = { created_at: z.string().nullable(), updated_at: z.string().nullable() };
/** What all of them have. */
const common = { id: z.string(), name: z.string(), description: z.string(), tags: textMap };

export const azureSubscriptionSchema = z.strictObject({ id: z.string(), name: z.string(), state: z.string() });
export type AzureSubscription = Readonly<z.infer<typeof azureSubscriptionSchema>>;

export const azureWorkspaceSchema = z.strictObject({
  ...common,
  resource_group: z.string(),
  /** Its id. */
  subscription: z.string(),
  location: z.string(),
  display_name: z.string(),
});
export type AzureWorkspace = Readonly<z.infer<typeof azureWorkspaceSchema>>;

export const azureEndpointSchema = z.strictObject({
  ...common,
  properties: textMap,
  auth_mode: z.string(),
  /** Empty: invocations must name a deployment. */
  defaults: z.strictObject({ deployment_name: z.string().optional() }),
  scoring_uri: z.string().nullable(),
  openapi_uri: z.string().nullable(),
  provisioning_state: z.string().nullable(),
  location: z.string(),
  ...created,
});
export type AzureEndpoint = Readonly<z.infer<typeof azureEndpointSchema>>;

/** Run settings of a model deployment, as `settings` of the deployment YAML has them. */
const modelSettingsSchema = z.strictObject({
  mini_batch_size: z.number(),
  max_concurrency_per_instance: z.number(),
  /** `timeout` in seconds. */
  retry_settings: z.strictObject({ max_retries: z.number(), timeout: z.number() }),
  output_action: z.string(),
  output_file_name: z.string().nullable(),
  error_threshold: z.number(),
  logging_level: z.string(),
  environment_variables: textMap,
});

const deploymentBase = {
  ...common,
  endpoint_name: z.string(),
  properties: textMap,
  /** `azureml:NAME`, null when each step has its own. */
  compute: z.string().nullable(),
  provisioning_state: z.string().nullable(),
  location: z.string(),
  ...created,
};

export const azureDeploymentSchema = z.discriminatedUnion("type", [
  z.strictObject({
    ...deploymentBase,
    type: z.literal("model"),
    /** `azureml:NAME:VERSION`, or Azure's id of what lies elsewhere; null when it was not told. */
    model: z.string().nullable(),
    environment: z.string().nullable(),
    code_configuration: z.strictObject({ code: z.string().nullable(), scoring_script: z.string() }).nullable(),
    resources: z.strictObject({ instance_count: z.number(), instance_type: z.string().nullable() }),
    settings: modelSettingsSchema,
  }),
  z.strictObject({
    ...deploymentBase,
    type: z.literal("pipeline"),
    component: z.string().nullable(),
    settings: textMap,
  }),
]);
export type AzureDeployment = Readonly<z.infer<typeof azureDeploymentSchema>>;

export const azureComputeSchema = z.strictObject({
  ...common,
  /** `amlcompute`, `kubernetes`, `computeinstance` …: Azure's word in lower case. */
  type: z.string(),
  size: z.string().nullable(),
  min_instances: z.number().nullable(),
  max_instances: z.number().nullable(),
  /** Seconds. */
  idle_time_before_scale_down: z.number().nullable(),
  tier: z.string().nullable(),
  provisioning_state: z.string().nullable(),
  location: z.string(),
  ...created,
});
export type AzureCompute = Readonly<z.infer<typeof azureComputeSchema>>;

/** A version of a model, a data asset, an environment or a component; of a list without `--name`, each one's latest. */
export const azureAssetSchema = z.strictObject({
  ...common,
  /** Null: it has none yet. */
  version: z.string().nullable(),
  /** Null: only its versions tell. */
  type: z.string().nullable(),
  /** Where it lies: Azure's URI, or the image of an environment; null: only its versions tell. */
  path: z.string().nullable(),
  properties: textMap,
  ...created,
});
export type AzureAsset = Readonly<z.infer<typeof azureAssetSchema>>;

export const azureDatastoreSchema = z.strictObject({
  ...common,
  type: z.string(),
  account_name: z.string().nullable(),
  /** Of blobs and of files: the container, the file system or the share. */
  container_name: z.string().nullable(),
  endpoint: z.string().nullable(),
  protocol: z.string().nullable(),
  /** Which kind of secret Azure keeps for it, `none` for the user's own identity. The secret is never asked for. */
  credentials: z.string(),
  is_default: z.boolean(),
  ...created,
});
export type AzureDatastore = Readonly<z.infer<typeof azureDatastoreSchema>>;

/** Counts of items are not known to Azure. */
const unknownCounts = { total: z.null(), succeeded: z.null(), failed: z.null(), skipped: z.null() };

export const azureJobSchema = z.strictObject({
  name: z.string(),
  display_name: z.string(),
  /** Azure's word, also one that local jobs do not have. */
  status: z.string(),
  /** Of a batch endpoint's job. */
  endpoint_name: z.string().nullable(),
  deployment_name: z.string().nullable(),
  ...unknownCounts,
  experiment_name: z.string(),
  description: z.string(),
  tags: textMap,
  /** `pipeline`, `command` …: Azure's word in lower case. */
  type: z.string(),
  compute: z.string().nullable(),
  runs_on: z.literal("azure"),
  azure: z.strictObject({
    ...azurePlaceSchema.shape,
    job_name: z.string(),
    studio_url: z.string().nullable(),
    /** Who invoked it: their identity reads the data. */
    run_as: z.string().nullable(),
  }),
  created_at: z.string().nullable(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
});
export type AzureJob = Readonly<z.infer<typeof azureJobSchema>>;

/** What Azure answered. */
export function seenSchema<View extends z.ZodType>(view: View) {
  return z.strictObject({
    view,
    /** Null: just now. Else Azure could not be reached, and this is what it answered at that time. */
    offline: z.strictObject({ seenAt: z.string(), problem: problemSchema }).nullable(),
    /** Entries that make no sense as what they should be, and were left out. */
    unreadable: z.number().int(),
  });
}
export type Seen<View> = Readonly<Omit<z.infer<ReturnType<typeof seenSchema>>, "view">> & { readonly view: View };
