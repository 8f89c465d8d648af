import type { DeploymentView } from "../contract/nouns/deployment.ts";
import { existsSync } from "node:fs";
import path from "node:path";
import { readTokenizer } from "../compute/ask-device-process.ts";
import { assetNameSchema } from "../contract/names.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import { englishPreflightSentences } from "../contract/sentences/preflight-sentences.ts";
import { type Scorer, scorerWords } from "../contract/nouns/scorer.ts";
import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import type { EndpointRecord } from "../registry/endpoints.repository.ts";
import type { ModelRecord } from "../registry/models.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import { allCores, readDeploymentFile, workersProperty } from "./yaml/deployment-file.ts";
import type { FileEdits } from "./yaml/file-edits.ts";
import { showEndpoint } from "./endpoints.ts";
import type { AskEnvironment } from "./scripts/choose-environment.ts";
import { dropCode, keepCode, removeUnusedCode } from "./scripts/code-snapshot.ts";
import { readMlModel } from "./models/ml-model.ts";
import { recordYaml } from "./export-deployment.ts";
import {
  dropModel,
  keepModel,
  modelFolder,
  scorerFileName,
  type StagedModel,
  stageModel,
} from "./models/model-store.ts";
import { showModel } from "./models/models.ts";
import { type RunnableDeployment, runnableDeployment } from "./runnable-deployment.ts";
import { readScorer } from "./scorers/resolve-scorer.ts";
import type { TokenizerReader } from "./scorers/resolve-text-scorer.ts";
import { inputBySignature, withSignature } from "./models/signature-columns.ts";
import { type StagedScript, stageScript } from "./scripts/script-scorer.ts";
import { isScriptDeployment, isTrusted, trustHash, whatRuns } from "./scripts/trust.ts";
import type { DeploymentTools } from "./deployment-tools.ts";
import type { WhatRuns } from "../contract/views/what-runs.ts";
import { localComputeName } from "../contract/views/compute.ts";

export type DeploymentRequest = {
  /** Path of the YAML. */
  readonly file: string;
  /** `-e`; null: the YAML's endpoint_name. */
  readonly endpointName: string | null;
  /** What goes before the YAML's own words. */
  readonly edits?: FileEdits;
  /** Invocations that name no deployment go to this one from now on. */
  readonly setDefault: boolean;
  /** Its user says that the script may run. */
  readonly trust?: boolean;
  /** The environment that runs its script; null: as its file says, or as was chosen before. */
  readonly environment?: string | null;
  /** Asks for it where that does not tell; null: nobody can be asked. */
  readonly askEnvironment?: AskEnvironment | null;
};

/** `notices`: sentences the user should read, such as a compute that was made. */
export type SavedDeployment = {
  readonly deployment: DeploymentRecord;
  readonly model: ModelRecord;
  /** The script that it runs, trusted or not; null: it runs none. */
  readonly runs: WhatRuns | null;
  /** False when one of that name was overwritten. */
  readonly isNew: boolean;
  readonly notices: readonly string[];
};

const maxDeployments = 20;

/** A model that the registry has, or one that waits in the staging area. */
type FoundModel = { readonly record: ModelRecord } | { readonly staged: StagedModel };

/** What turns items into rows: a scorer for the model, or a script that waits in the staging area. */
type FoundScorer = { readonly scorer: Scorer; readonly script: StagedScript | null };

/**
 * Makes a deployment from its YAML, or overwrites the one of that name: copies and opens the model, makes its scorer, and
 * keeps all of it or nothing. A script's code is copied and read, and does not run before it is trusted. Problems:
 * deployment/invalid, deployment/unsupported, endpoint/not-found, model/…, scorer/invalid, script/invalid,
 * environment/…, compute/invalid.
 */
export async function createDeployment(
  tools: DeploymentTools,
  request: DeploymentRequest,
): Promise<Result<SavedDeployment>> {
  const file = await readRunnable(request);
  if (!file.ok) return file;
  const endpoint = endpointOf(tools.registry, request, file.value);
  return endpoint.ok ? saveDeployment(tools, request, file.value, endpoint.value) : endpoint;
}

/** As `createDeployment`, but the deployment must exist: deployment/not-found. */
export async function updateDeployment(
  tools: DeploymentTools,
  request: DeploymentRequest,
): Promise<Result<SavedDeployment>> {
  const file = await readRunnable(request);
  if (!file.ok) return file;
  const endpoint = endpointOf(tools.registry, request, file.value);
  if (!endpoint.ok) return endpoint;
  const existing = showDeployment(tools.registry, endpoint.value.name, file.value.name);
  return existing.ok ? saveDeployment(tools, request, file.value, endpoint.value) : existing;
}

/** By name. Problem: endpoint/not-found. */
export function listDeployments(registry: Registry, endpointName: string): Result<readonly DeploymentRecord[]> {
  const endpoint = showEndpoint(registry, endpointName);
  return endpoint.ok ? success(registry.deployments.list(endpointName)) : endpoint;
}

/** Problems: endpoint/not-found, deployment/not-found. */
export function showDeployment(registry: Registry, endpointName: string, name: string): Result<DeploymentRecord> {
  const endpoint = showEndpoint(registry, endpointName);
  if (!endpoint.ok) return endpoint;
  const deployment = registry.deployments.find(endpointName, name);
  if (deployment !== null) return success(deployment);
  const known = registry.deployments.list(endpointName).map((other) => other.name);
  const names = { endpoint: endpoint.value.name, deployment: name };
  if (known.length === 0) return failure("deployment/not-found:none", names);
  return failure("deployment/not-found:others", { ...names, known });
}

/**
 * An endpoint whose default it was has none afterwards (`wasDefault`); jobs and the model stay. Problems as
 * `showDeployment`.
 */
export async function deleteDeployment(
  tools: DeploymentTools,
  endpointName: string,
  name: string,
): Promise<Result<{ readonly wasDefault: boolean }>> {
  const { registry } = tools;
  const deleted = registry.transaction((): Result<{ readonly wasDefault: boolean }> => {
    const deployment = showDeployment(registry, endpointName, name);
    if (!deployment.ok) return deployment;
    const before = registry.endpoints.find(endpointName)?.defaultDeployment ?? null;
    registry.deployments.remove(endpointName, name);
    const after = registry.endpoints.find(endpointName)?.defaultDeployment ?? null;
    return success({ wasDefault: before !== after });
  });
  if (deleted.ok) await removeUnusedCode(registry, tools.codeFolder);
  return deleted;
}

/** The deployment as YAML text that Azure takes too. Problems as `showDeployment`. */
export function exportDeployment(registry: Registry, endpointName: string, name: string): Result<string> {
  const deployment = showDeployment(registry, endpointName, name);
  return deployment.ok ? success(recordYaml(deployment.value)) : deployment;
}

/**
 * What an invocation runs: the named deployment, or the endpoint's default (`deploymentName` null).
 * Problems: endpoint/not-found, deployment/not-found, endpoint/no-default-deployment.
 */
export function resolveDeployment(
  registry: Registry,
  endpointName: string,
  deploymentName: string | null,
): Result<DeploymentRecord> {
  const endpoint = showEndpoint(registry, endpointName);
  if (!endpoint.ok) return endpoint;
  const name = deploymentName ?? endpoint.value.defaultDeployment;
  if (name !== null) return showDeployment(registry, endpointName, name);
  return failure("endpoint/no-default-deployment", { endpoint: endpoint.value.name });
}

/** What `deployment list` and `deployment show` print, in Azure's words; null counts mean all cores. */
export function deploymentView(deployment: DeploymentRecord): DeploymentView {
  const { source, settings } = deployment;
  const { instance_count, ...otherSettings } = settings;
  return {
    name: deployment.name,
    endpoint_name: deployment.endpointName,
    type: "model",
    description: source["description"] ?? "",
    tags: source["tags"] ?? {},
    properties: {
      ...(source["properties"] as Record<string, unknown> | undefined),
      ...deployment.properties,
      ...(instance_count === null && settings.max_concurrency_per_instance === null
        ? { [workersProperty]: allCores }
        : {}),
    },
    model: `azureml:${deployment.modelName}:${deployment.modelVersion}`,
    compute: `azureml:${deployment.computeName}`,
    resources: { instance_count },
    settings: otherSettings,
    scorer: scorerWords(deployment.scorer),
    ...(isScriptDeployment(deployment)
      ? { environment: deployment.scorer.environment, trusted: isTrusted(deployment) }
      : {}),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
  };
}

async function readRunnable({ file, edits }: DeploymentRequest): Promise<Result<RunnableDeployment>> {
  const read = await readDeploymentFile(file, edits);
  return read.ok ? runnableDeployment(read.value) : read;
}

function endpointOf(registry: Registry, request: DeploymentRequest, file: RunnableDeployment): Result<EndpointRecord> {
  const name = request.endpointName ?? file.endpointName;
  if (name !== null) return showEndpoint(registry, name);
  return failure("deployment/invalid:no-endpoint", { deployment: file.name });
}

async function saveDeployment(
  tools: DeploymentTools,
  request: DeploymentRequest,
  file: RunnableDeployment,
  endpoint: EndpointRecord,
): Promise<Result<SavedDeployment>> {
  const { computeName } = file;
  if (computeName !== null && !assetNameSchema.safeParse(computeName).success) {
    return failure("compute/invalid:name", { name: computeName });
  }
  const model = await findModel(tools, file, endpoint.name);
  if (!model.ok) return model;
  try {
    const found = await findScorer(tools, request, file, model.value);
    if (!found.ok) return found;
    try {
      const kept = tools.registry.transaction(() =>
        keepDeployment(tools, request, file, model.value, found.value, endpoint.name),
      );
      if (!kept.ok) return kept;
      await removeUnusedCode(tools.registry, tools.codeFolder);
      return success({ ...kept.value, runs: await whatRuns(tools, kept.value.deployment) });
    } finally {
      if (found.value.script !== null) await dropCode(found.value.script.code);
    }
  } finally {
    if ("staged" in model.value) await dropModel(model.value.staged);
  }
}

async function findModel(
  tools: DeploymentTools,
  file: RunnableDeployment,
  endpointName: string,
): Promise<Result<FoundModel>> {
  if (file.model.kind === "registered") {
    const record = showModel(tools.registry, file.model.name, file.model.version);
    return record.ok ? success({ record: record.value }) : record;
  }
  const name = file.model.name ?? `${endpointName}-${file.name}`;
  const { version, path: place, type } = file.model;
  const isScript = file.code?.kind === "script";
  const staged = await stageModel(tools, {
    name,
    version,
    path: place,
    type: isScript || type === "mlflow_model" ? type : null,
    content: isScript ? "files" : "onnx",
  });
  return staged.ok ? success({ staged: staged.value }) : staged;
}

async function findScorer(
  tools: DeploymentTools,
  request: DeploymentRequest,
  file: RunnableDeployment,
  model: FoundModel,
): Promise<Result<FoundScorer>> {
  const { code } = file;
  if (code?.kind !== "script") {
    const scorer = await scorerOf(tools, code?.file ?? null, model);
    return scorer.ok ? success({ scorer: scorer.value, script: null }) : scorer;
  }
  const script = await stageScript(tools, {
    deploymentName: file.name,
    folder: code.folder,
    script: code.script,
    reference: file.environment,
    environment: request.environment ?? null,
    ask: request.askEnvironment ?? null,
  });
  return script.ok ? success({ scorer: script.value.scorer, script: script.value }) : script;
}

/** The scorer.yml that the deployment names, else one beside the model, else none. */
async function scorerOf(tools: DeploymentTools, scorerFile: string | null, model: FoundModel): Promise<Result<Scorer>> {
  const [folder, { name, type, onnxFile, signature }] =
    "staged" in model
      ? [model.staged.folder, model.staged]
      : [modelFolder(tools.modelsFolder, model.record), model.record];
  if (onnxFile === "") {
    return failure("model/unsupported:plain-files", { model: name });
  }
  const mlModel = type === "mlflow_model" ? await readMlModel(folder) : null;
  if (mlModel !== null && !mlModel.ok) return mlModel;
  const beside = [path.join(folder, path.dirname(onnxFile)), folder]
    .map((place) => path.join(place, scorerFileName))
    .find((candidate) => existsSync(candidate));
  const given = mlModel === null ? success({}) : inputBySignature(signature, mlModel.value);
  if (!given.ok) return given;
  const tokenizers: TokenizerReader = {
    modelRoot: folder,
    read: (tokenizer) => readTokenizer(tools.processHost, tokenizer),
  };
  const onnxFolder = path.join(folder, path.dirname(onnxFile));
  const read = await readScorer(signature, scorerFile ?? beside ?? null, onnxFolder, tokenizers, given.value);
  return read.ok && mlModel !== null ? withSignature(read.value, mlModel.value) : read;
}

/** The one transaction in which a deployment, its model and its compute come to be. */
function keepDeployment(
  tools: DeploymentTools,
  request: DeploymentRequest,
  file: RunnableDeployment,
  found: FoundModel,
  { scorer, script }: FoundScorer,
  endpointName: string,
): Result<Omit<SavedDeployment, "runs">> {
  const { registry, modelsFolder } = tools;
  // Deleted by another program while the model was read.
  const endpoint = showEndpoint(registry, endpointName);
  if (!endpoint.ok) return endpoint;
  const model =
    "staged" in found
      ? keepModel(registry, modelsFolder, found.staged)
      : showModel(registry, found.record.name, found.record.version);
  if (!model.ok) return model;
  const isNew = registry.deployments.find(endpointName, file.name) === null;
  const compute = ensureCompute(registry, file.computeName ?? localComputeName);
  if (script !== null) {
    keepCode(tools.codeFolder, script.code);
    const { remember } = script;
    if (remember !== null) registry.environments.choose(remember.reference, remember.environment);
  }
  const deployment = registry.deployments.save({
    endpointName: endpoint.value.name,
    name: file.name,
    source: file.source,
    modelName: model.value.name,
    modelVersion: model.value.version,
    computeName: compute.name,
    scorer,
    settings: file.settings,
    properties: file.properties,
  });
  if (request.setDefault) registry.endpoints.setDefaultDeployment(endpoint.value.name, deployment.name);
  if (request.trust === true && isScriptDeployment(deployment)) {
    registry.deployments.setTrustedHash(deployment.endpointName, deployment.name, trustHash(deployment));
  }
  const notices = [
    ...file.notices,
    ...compute.notices,
    ...(script?.notices ?? unusedEnvironment(file)),
    ...runsAlone(scorer),
    ...pastLimit(registry, deployment.endpointName, isNew),
  ];
  const saved = registry.deployments.find(deployment.endpointName, deployment.name) ?? deployment;
  return success({ deployment: saved, model: model.value, isNew, notices });
}

function runsAlone(scorer: Scorer): readonly string[] {
  if (!("runsAlone" in scorer) || scorer.runsAlone !== true) return [];
  return [englishPreflightSentences.warning["runs-alone"]({ kind: "runs-alone" })];
}

function unusedEnvironment({ environment }: RunnableDeployment): readonly string[] {
  return environment === null ? [] : [`The environment "${environment.reference}" is not used: no script runs.`];
}

/** Azure's limit is its own: here it is only said, once, to whoever goes past it. */
function pastLimit(registry: Registry, endpointName: string, isNew: boolean): readonly string[] {
  const count = registry.deployments.list(endpointName).length;
  if (!isNew || count <= maxDeployments) return [];
  return [`The endpoint ${endpointName} has ${count} deployments; Azure ML allows ${maxDeployments} an endpoint.`];
}

/** The compute of that name; one that is not known becomes a copy of `local`, and that is said. */
export function ensureCompute(
  registry: Registry,
  name: string,
): { readonly name: string; readonly notices: readonly string[] } {
  const existing = registry.computes.find(name);
  if (existing !== null) return { name: existing.name, notices: [] };
  const local = registry.computes.find(localComputeName);
  if (local === null) throw new Error("The compute local is missing.");
  registry.computes.save({ ...local, name });
  return { name, notices: [`There was no compute "${name}"; it was made as a copy of "${localComputeName}".`] };
}
