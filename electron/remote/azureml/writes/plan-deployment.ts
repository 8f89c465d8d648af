import { randomUUID } from "node:crypto";
import { promises as files } from "node:fs";
import path from "node:path";
import { ownerOnly } from "../../../contract/processes/file-modes.ts";
import { failure, type Result, success } from "../../../contract/problem.ts";
import type { AzureDifference } from "../../../contract/views/azure-write.ts";
import { localComputeName } from "../../../contract/views/compute.ts";
import { generateAzureScript } from "../../../deployments/azure-script/azure-script.ts";
import { createDeployment, showDeployment } from "../../../deployments/deployments.ts";
import type { DeploymentTools } from "../../../deployments/deployment-tools.ts";
import { createEndpoint } from "../../../deployments/endpoints.ts";
import { recordYaml } from "../../../deployments/export-deployment.ts";
import { modelDirectory } from "../../../deployments/models/model-store.ts";
import { showModel } from "../../../deployments/models/models.ts";
import { codeFolderOf, isLeftOutOfCode } from "../../../deployments/scripts/code-snapshot.ts";
import {
  type DeploymentFile,
  deploymentFromYaml,
  type ModelDeploymentFile,
  readDeploymentFile,
} from "../../../deployments/yaml/deployment-file.ts";
import { type FileEdits, withEdits } from "../../../deployments/yaml/file-edits.ts";
import { parseYaml } from "../../../deployments/yaml/read-yaml.ts";
import { textMap } from "../../../deployments/yaml/tidy-settings.ts";
import type { DeploymentRecord } from "../../../registry/deployments.repository.ts";
import { openRegistry } from "../../../registry/open-registry.ts";
import { differencesOf } from "./differences.ts";
import { environmentToRegister } from "./plan-environment.ts";
import { listFiles, listFolderAs } from "./list-files.ts";
import type { DeploymentPlan, ModelToRegister, Scratch } from "./plan.ts";

export type PlanTools = {
  readonly deployments: DeploymentTools;
  readonly scratch: Scratch;
};

/** A plan, and what is to be said before it is carried out. */
export type Planned = { readonly plan: DeploymentPlan; readonly differences: readonly AzureDifference[] };

/** A file of Azure's; `endpointName` null: the file says it. */
export type PlannedFile = {
  readonly file: string;
  readonly endpointName: string | null;
  readonly edits: FileEdits;
};

/** What is sent to Azure for a deployment of this workspace. Problems: those of reading and of its script. */
export async function planOfRecord(
  tools: PlanTools,
  record: DeploymentRecord,
  edits: FileEdits,
): Promise<Result<Planned>> {
  const yaml = parseYaml(recordYaml(record), path.resolve("deployment.yml"), "deployment/invalid");
  const edited = yaml.ok ? withEdits(yaml.value, edits) : yaml;
  const read = edited.ok ? deploymentFromYaml(edited.value) : edited;
  const file = read.ok ? modelFile(read.value) : read;
  if (!file.ok) return file;
  const model = await storedModel(tools, record);
  if (!model.ok) return model;
  const { scorer } = record;
  if (scorer.kind === "script") {
    if (scorer.language === "node") {
      return failure("deployment/unsupported:azure-node-script", { script: scorer.script });
    }
    const folder = codeFolderOf(tools.deployments.codeFolder, scorer.hash);
    const code = await listFolderAs(folder, "code", "code");
    if (!code.ok) return code;
    const environment = await environmentToRegister(file.value);
    if (!environment.ok) return environment;
    return success(
      plannedOf(file.value, record.endpointName, record.scorer, {
        model: model.value,
        code: { kind: "files", files: code.value, script: scorer.script },
        environment: environment.value,
        properties: {},
      }),
    );
  }
  const script = await generateAzureScript(tools.deployments, { ...record, scorer });
  if (!script.ok) return script;
  const folder = await writeAll(await tools.scratch(), script.value.files);
  const code = await listFolderAs(folder, "code", "code");
  if (!code.ok) return code;
  return success(
    plannedOf(withTimeout(file.value, script.value.timeoutSeconds), record.endpointName, record.scorer, {
      model: model.value,
      code: { kind: "files", files: code.value, script: script.value.scoringScript },
      environment: { kind: "definition", name: null, version: null, ...script.value.environment },
      properties: script.value.properties,
    }),
  );
}

/**
 * The same for a file. A model that a built-in scorer runs is checked and opened as it is for a deployment here, in a
 * workspace that is made for that and removed with `scratch`. Problems: those of `createDeployment`.
 */
export async function planOfFile(tools: PlanTools, request: PlannedFile): Promise<Result<Planned>> {
  const read = await readDeploymentFile(request.file, request.edits);
  const file = read.ok ? modelFile(read.value) : read;
  if (!file.ok) return file;
  const { name, code, model, endpointName } = file.value;
  const endpoint = request.endpointName ?? endpointName;
  if (endpoint === null) return failure("deployment/invalid:no-endpoint", { deployment: name });
  const isBuiltIn =
    code?.kind === "scorer" || (code === null && model.kind === "path" && model.type !== "mlflow_model");
  if (isBuiltIn) return planInScratch(tools, request, endpoint);

  const own = await modelOfFile(file.value, endpoint);
  if (!own.ok) return own;
  const sent = await codeOfFile(file.value);
  if (!sent.ok) return sent;
  const environment = await environmentToRegister(file.value);
  if (!environment.ok) return environment;
  return success(
    plannedOf(file.value, endpoint, null, {
      model: own.value,
      code: sent.value,
      environment: environment.value,
      properties: {},
    }),
  );
}

async function planInScratch(
  { deployments, scratch }: PlanTools,
  { file, edits }: PlannedFile,
  endpointName: string,
): Promise<Result<Planned>> {
  const home = path.join(await scratch(), randomUUID());
  await files.mkdir(home, { mode: ownerOnly.folder });
  const registry = openRegistry(path.join(home, "registry.db"));
  if (!registry.ok) return registry;
  try {
    const tools = {
      ...deployments,
      registry: registry.value,
      modelsFolder: path.join(home, "models"),
      codeFolder: path.join(home, "code"),
    };
    const endpoint = await createEndpoint(tools.registry, { name: endpointName });
    if (!endpoint.ok) return endpoint;
    const made = await createDeployment(tools, { file, endpointName, edits, setDefault: false });
    if (!made.ok) return made;
    const { name } = made.value.deployment;
    const record = showDeployment(tools.registry, endpointName, name);
    if (!record.ok) return record;
    return await planOfRecord({ deployments: tools, scratch }, record.value, { set: {}, options: {} });
  } finally {
    registry.value.close();
  }
}

type Sent = Pick<DeploymentPlan, "model" | "code" | "environment" | "properties">;

function plannedOf(
  file: ModelDeploymentFile,
  endpoint: string,
  scorer: DeploymentRecord["scorer"] | null,
  { properties, ...sent }: Sent,
): Planned {
  const { source, settings, computeName } = file;
  const { description, resources } = source as { description?: string; resources?: { instance_type?: string } };
  const plan: DeploymentPlan = {
    endpoint,
    name: file.name,
    description: description ?? "",
    tags: texts(source["tags"]),
    properties: { ...texts(source["properties"]), ...properties },
    compute: computeName ?? localComputeName,
    instanceType: resources?.instance_type ?? null,
    settings,
    ...sent,
  };
  return { plan, differences: differencesOf(plan, scorer) };
}

/** Where the file says none: here a timeout is for an item, in Azure for a whole mini-batch. */
function withTimeout(file: ModelDeploymentFile, seconds: number): ModelDeploymentFile {
  const retries = file.settings.retry_settings;
  return {
    ...file,
    settings: { ...file.settings, retry_settings: { ...retries, timeout: retries.timeout ?? seconds } },
  };
}

function texts(map: unknown): Readonly<Record<string, string>> {
  return (textMap(map) ?? {}) as Readonly<Record<string, string>>;
}

function modelFile(file: DeploymentFile): Result<ModelDeploymentFile> {
  if (file.type === "model") return success(file);
  return failure("deployment/unsupported:azure-pipeline", { deployment: file.name });
}

/** In Azure the names of models have no dots. */
function azureAssetName(name: string): string {
  return name.replaceAll(".", "-");
}

async function storedModel({ deployments }: PlanTools, record: DeploymentRecord): Promise<Result<ModelToRegister>> {
  const { registry, modelsFolder } = deployments;
  const model = showModel(registry, record.modelName, record.modelVersion);
  if (!model.ok) return model;
  const { folder, name, type } = model.value;
  const own = folder.split("/").slice(2).join("/");
  const place = path.join(modelDirectory(modelsFolder, model.value), own);
  const listed = own === "" ? await listFolderAs(place, "model", "model") : await listFiles(place, "model");
  if (!listed.ok) return listed;
  const [first, ...others] = listed.value.files;
  const isFile = own === "" && first !== undefined && others.length === 0 && !first.path.includes("/");
  const root = isFile ? ({ kind: "file", name: first.path } as const) : listed.value.root;
  return success({ kind: "files", name: azureAssetName(name), version: null, type, files: { ...listed.value, root } });
}

async function modelOfFile(file: ModelDeploymentFile, endpoint: string): Promise<Result<DeploymentPlan["model"]>> {
  const { model } = file;
  if (model.kind === "elsewhere") return success({ kind: "named", reference: model.reference });
  if (model.kind === "registered") {
    const version = model.version === null ? "@latest" : `:${model.version}`;
    return success({ kind: "named", reference: `azureml:${model.name}${version}` });
  }
  const listed = await listFiles(model.path, "model");
  if (!listed.ok) return listed;
  const name = model.name ?? `${endpoint}-${file.name}`;
  return success({ kind: "files", name, version: model.version, type: model.type, files: listed.value });
}

async function codeOfFile({ code, source }: ModelDeploymentFile): Promise<Result<DeploymentPlan["code"]>> {
  if (code === null || code.kind === "scorer") return success(null);
  if (code.kind === "elsewhere") {
    const { scoring_script: script } = source["code_configuration"] as { readonly scoring_script: string };
    return success({ kind: "named", reference: code.reference, script });
  }
  if (!/\.py$/i.test(code.script)) return failure("deployment/unsupported:azure-node-script", { script: code.script });
  const listed = await listFolderAs(code.folder, "code", "code", isLeftOutOfCode);
  if (!listed.ok) return listed;
  const script = path.posix.normalize(code.script.replaceAll("\\", "/"));
  if (!listed.value.files.some((file) => file.path === script)) {
    return failure("script/invalid:no-script", { script, folder: code.folder });
  }
  return success({ kind: "files", files: listed.value, script });
}

async function writeAll(scratch: string, texts: ReadonlyMap<string, string>): Promise<string> {
  const folder = path.join(scratch, randomUUID());
  for (const [name, text] of texts) {
    const file = path.join(folder, name);
    await files.mkdir(path.dirname(file), { recursive: true, mode: ownerOnly.folder });
    await files.writeFile(file, text, { mode: ownerOnly.file, flag: "wx" });
  }
  return folder;
}
