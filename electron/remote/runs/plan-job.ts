import { randomUUID } from "node:crypto";
import * as z from "zod";
import {
  type AzureOverrides,
  type AzurePart,
  type AzureRows,
  type BlobPlace,
  blobPlaceSchema,
} from "../../contract/nouns/azure/azure-part.ts";
import {
  batchdeckPropertiesSchema,
  type DeploymentSettings,
  deploymentSettingsSchema,
} from "../../contract/nouns/deployment.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import type { AzureDeployment, AzureEndpoint, Seen } from "../../contract/views/azure.ts";
import { collectProblems, failure, type Problem, problemOf, type Result, success } from "../../contract/problem.ts";
import { applyEachOverride, overrideKeys } from "../../deployments/yaml/overrides.ts";
import { azureFolderOf } from "../../jobs/folder/job-files.ts";
import { exists } from "../../jobs/folder/exists.ts";
import { jobName, newJobName } from "../../jobs/submit/check-invocation.ts";
import { nameInAzure } from "../../jobs/submit/retry-in-azure.ts";
import { resolveOutput } from "../../jobs/submit/resolve-output.ts";
import type { AzureResources } from "../azureml/azure-client.ts";
import { type InputTools, type PlannedInput, planInput } from "./plan-input.ts";

/** An invocation that is to run in Azure. */
export type AzureInvocation = {
  readonly endpointName: string;
  /** Null: the endpoint's default. */
  readonly deploymentName: string | null;
  readonly inputPath: string;
  readonly inputKind: "folder" | "file" | null;
  readonly outputFolder: string | null;
  readonly overrides: Readonly<Record<string, string>>;
  readonly jobName: string | null;
};

/** All that can be known before anything is sent. */
export type PlannedAzureJob = {
  /** Every reason to refuse it. */
  readonly problems: readonly Problem[];
  /** Null when too little is known. */
  readonly spec: AzureJobSpec | null;
  readonly listed: PlannedInput["listed"];
};

/** In which workspace something is done, and as whom. */
export type AzureWhere = Pick<AzurePart, "cloud" | "accountId" | "place"> & { readonly username: string };
type ModelDeployment = Extract<AzureDeployment, { readonly type: "model" }>;

/** Looks at an invocation as Azure would take it. Reads; nothing is sent, and nothing written. */
export async function planAzureJob(
  tools: InputTools & { readonly home: string },
  request: AzureInvocation,
  resources: AzureResources,
  where: AzureWhere,
): Promise<PlannedAzureJob> {
  const { registry } = tools;
  const { problems, take } = collectProblems();
  const target = take(await targetOf(request, resources));
  const own = applyOwn(target?.deployment ?? null, request.overrides);
  problems.push(...own.problems);
  const planned = take(await planInput(tools, request.inputPath, request.inputKind, { resources, place: where.place }));
  const datastore = take(await defaultDatastore(resources, where.place.workspace));
  const named = jobName(registry, target?.endpoint.name ?? request.endpointName, request.jobName);
  const name = take(named) ?? newJobName(request.endpointName);
  const { settings, properties } = own;
  const { output, problem } = await resolveOutput(tools, request.outputFolder, name, settings, properties, scorer);
  if (problem !== null) problems.push(problem);
  const azureFolder = azureFolderOf({ output });
  if (await exists(azureFolder)) problems.push(problemOf("output/exists", { path: azureFolder }));
  if (target === null || planned === null || datastore === null) {
    return { problems, spec: null, listed: planned?.listed ?? null };
  }
  const { endpoint, deployment } = target;
  const { username: runAs, ...place } = where;
  const requestId = randomUUID();
  const rows = rowsOf(deployment);
  const spec: AzureJobSpec = {
    version: 1,
    name,
    endpointName: endpoint.name,
    deploymentName: deployment.name,
    input: { ...planned.input, recursive: false, files: null, watch: null },
    base: null,
    model: { ...modelOf(deployment), hash: deployment.properties["batchdeck.scorer"] ?? "", file: "", folder: "" },
    scorer: rows.kind === "generated" && rows.unit !== null ? { ...scorer, unit: rows.unit } : scorer,
    ...{ dialect: null, dialectScope: "file", settings, errorThreshold: { percent: null, unit: "file" } },
    compute: (deployment.compute ?? "").replace(/^azureml:/, ""),
    ...{ workers: 1, device: "cpu", pricePerHour: null, batch: 1, batchChosenBy: "default", sliceBytes: 1 },
    output,
    azure: {
      ...place,
      runAs,
      jobName: nameInAzure(name, requestId),
      requestId,
      input: planned.azure,
      datastore,
      rowsFile:
        settings.output_action === "append_row" ? (deployment.settings.output_file_name ?? "predictions.csv") : null,
      rows,
      ...{ folder: "azure", earlier: [] },
      overrides: azureOverrides(request.overrides, settings),
    },
    overrides: { ...request.overrides },
    deployment: { ...deployment },
  };
  return { problems, spec, listed: planned.listed };
}

/** What scores it is in Azure; here nothing of it is run. */
const scorer: Extract<AzureJobSpec["scorer"], { readonly kind: "script" }> = {
  kind: "script",
  language: "python",
  ...{ folder: "", script: "score.py", hash: "", environment: "azure", interpreter: null },
  ...{ outputs: [], keep: [], batch: 1, fixedBatch: null },
};

type Target = { readonly endpoint: AzureEndpoint; readonly deployment: ModelDeployment };

/** Problems: endpoint/not-found, endpoint/no-default-deployment, deployment/not-found, deployment/unsupported, azure/not-ready. */
async function targetOf(request: AzureInvocation, resources: AzureResources): Promise<Result<Target>> {
  const seen = now(await resources.endpoints.show(request.endpointName));
  if (!seen.ok) return seen;
  const endpoint = seen.value;
  const name = request.deploymentName ?? endpoint.defaults.deployment_name;
  if (name === undefined) return failure("endpoint/no-default-deployment:azure", { endpoint: endpoint.name });
  const found = now(await resources.deployments(endpoint.name).show(name));
  if (!found.ok) return found;
  const deployment = found.value;
  if (deployment.type === "pipeline") {
    return failure("deployment/unsupported:azure-invoke", { deployment: deployment.name });
  }
  for (const [what, { provisioning_state: state }] of [
    [`endpoint "${endpoint.name}"`, endpoint],
    [`deployment "${deployment.name}"`, deployment],
  ] as const) {
    if (state !== null && notReady.has(state.toLowerCase())) return failure("azure/not-ready", { what, state });
  }
  return success({ endpoint, deployment });
}

const notReady: ReadonlySet<string> = new Set(["creating", "deleting", "failed", "canceled"]);

/** What was seen at another time is not good enough to send something. */
function now<View>(seen: Result<Seen<View>>): Result<View> {
  if (!seen.ok) return seen;
  const { view, offline } = seen.value;
  return offline === null ? success(view) : { ok: false, problem: offline.problem };
}

/** The one that inputs and results go to. Problem: azure/no-datastore. */
async function defaultDatastore(resources: AzureResources, workspace: string): Promise<Result<BlobPlace>> {
  const seen = now(await resources.datastores.list(null));
  if (!seen.ok) return seen;
  const store = seen.value.find(({ is_default, type }) => is_default && type === "azure_blob");
  const place = blobPlaceSchema.safeParse({
    name: store?.name,
    protocol: store?.protocol,
    accountName: store?.account_name,
    endpoint: store?.endpoint,
    containerName: store?.container_name,
  });
  return place.success ? success(place.data) : failure("azure/no-datastore", { workspace });
}

const generatedSchema = z.object({
  columns: z.array(z.string()),
  keys: z.boolean(),
  unit: z.enum(["row", "file"]).nullable().default(null),
});

/** What its rows will hold: a script of ours says so in the deployment; without a script Azure writes what it writes for MLflow. */
function rowsOf({ properties, code_configuration: code }: ModelDeployment): AzureRows {
  const ours = generatedSchema.safeParse(parseJson(properties["batchdeck.output"] ?? "")).data;
  if (ours !== undefined) return { kind: "generated", ...ours };
  return code === null ? { kind: "mlflow" } : { kind: "script" };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function modelOf({ model }: ModelDeployment): { readonly name: string; readonly version: string } {
  const [, name = model ?? "", version = ""] = /^azureml:([^:]+):([^:]+)$/.exec(model ?? "") ?? [];
  return { name, version };
}

/** What of `--set` means something to Azure, or to our files; the name of our file is our own. */
const keysHere: readonly string[] = ["batchdeck.output_format", "batchdeck.csv_formulas", "output_file_name"];
const keysThere: readonly string[] = overrideKeys.filter(
  (key) => !key.startsWith("batchdeck.") && !keysHere.includes(key),
);

/** The settings of the job: Azure's own with the overrides over them. */
function applyOwn(deployment: ModelDeployment | null, overrides: Readonly<Record<string, string>>) {
  const known = [...keysThere, ...keysHere];
  const strange = Object.keys(overrides).filter((key) => overrideKeys.includes(key) && !known.includes(key));
  const usable = Object.fromEntries(Object.entries(overrides).filter(([key]) => !strange.includes(key)));
  const applied = applyEachOverride(settingsOf(deployment), batchdeckPropertiesSchema.parse({}), usable);
  const problems = strange.map((key) => problemOf("usage/invalid:azure-setting", { key, known }));
  return { ...applied, problems: [...problems, ...applied.problems] };
}

function settingsOf(deployment: ModelDeployment | null): DeploymentSettings {
  if (deployment === null) return deploymentSettingsSchema.parse({});
  // Its variables are for its script, in Azure.
  const { output_file_name: _, environment_variables: __, ...own } = deployment.settings;
  const parsed = deploymentSettingsSchema.safeParse({ ...own, instance_count: deployment.resources.instance_count });
  return parsed.data ?? deploymentSettingsSchema.parse({ output_action: own.output_action });
}

const levels = { warning: "Warning", info: "Info", debug: "Debug" } as const;

/** Only what was asked for: all else is as the deployment in Azure says when the job begins there. */
function azureOverrides(given: Readonly<Record<string, string>>, settings: DeploymentSettings): AzureOverrides {
  const has = (...keys: readonly string[]) => keys.some((key) => Object.hasOwn(given, key));
  const { instance_count, max_concurrency_per_instance, retry_settings } = settings;
  const isCounted = has("instance_count", "compute.instance_count", "resources.instance_count");
  return {
    ...(isCounted && instance_count !== null ? { instanceCount: instance_count } : {}),
    ...(has("mini_batch_size") ? { miniBatchSize: settings.mini_batch_size } : {}),
    ...(has("max_concurrency_per_instance") && max_concurrency_per_instance !== null
      ? { maxConcurrencyPerInstance: max_concurrency_per_instance }
      : {}),
    ...(has("error_threshold") ? { errorThreshold: settings.error_threshold } : {}),
    ...(has("retry_settings.max_retries") ? { maxRetries: retry_settings.max_retries } : {}),
    ...(has("retry_settings.timeout") && retry_settings.timeout !== null ? { timeout: retry_settings.timeout } : {}),
    ...(has("logging_level") ? { loggingLevel: levels[settings.logging_level] } : {}),
  };
}
