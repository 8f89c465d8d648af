import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import { removeFolder } from "../../files/patient.ts";
import type { ModelRecord } from "../../registry/models.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { dropModel, keepModel, modelDirectory, modelFolder, stageModel } from "./model-store.ts";
import type { DeploymentTools } from "../deployment-tools.ts";
import type { ModelType, ModelView } from "../../contract/views/model.ts";

/**
 * Copies a model into the store and opens it once; `type` null or mlflow_model. Any other type is plain files for scripts,
 * which are never opened, and so is an MLflow folder without the flavor onnx. The same content under the same name gives the version that is there.
 * Problems: model/invalid, model/unreadable, model/unsupported, model/outside-files; then nothing was kept.
 */
export async function createModel(
  tools: DeploymentTools,
  request: {
    readonly name: string;
    readonly path: string;
    readonly version: string | null;
    readonly type?: ModelType | null;
  },
): Promise<Result<ModelRecord>> {
  const { type = null, ...model } = request;
  const content = type === null || type === "mlflow_model" ? "onnx" : "files";
  const opened = await stageModel(tools, { ...model, type, content });
  const isForScripts = !opened.ok && opened.problem.kind === "model/unsupported:mlflow-flavors";
  const staged = isForScripts ? await stageModel(tools, { ...model, type: "mlflow_model", content: "files" }) : opened;
  if (!staged.ok) return staged;
  try {
    return tools.registry.transaction(() => keepModel(tools.registry, tools.modelsFolder, staged.value));
  } finally {
    await dropModel(staged.value);
  }
}

/** `version` null: the latest. Problem: model/not-found. */
export function showModel(registry: Registry, name: string, version: string | null): Result<ModelRecord> {
  const found = version === null ? registry.models.findLatest(name) : registry.models.find(name, version);
  if (found !== null) return success(found);
  const known = registry.models.list(name).map((model) => model.version);
  return version !== null && known.length > 0
    ? failure("model/not-found:version", { model: name, version, known })
    : failure("model/not-found", { model: name });
}

/**
 * Removes a version, or every one (`version` null), with its files; gives how many. Problems: model/not-found;
 * model/in-use while a deployment or an unfinished job uses one of them, then none is removed.
 */
export async function deleteModel(
  tools: DeploymentTools,
  name: string,
  version: string | null,
): Promise<Result<number>> {
  const { registry } = tools;
  const removed = registry.transaction((): Result<readonly ModelRecord[]> => {
    const shown = showModel(registry, name, version);
    if (!shown.ok) return shown;
    const models = version === null ? registry.models.list(name) : [shown.value];
    for (const model of models) {
      const unused = checkUnused(registry, model);
      if (!unused.ok) return unused;
    }
    for (const model of models) registry.models.remove(model.name, model.version);
    return success(models);
  });
  if (!removed.ok) return removed;
  for (const model of removed.value) {
    await removeFolder(modelDirectory(tools.modelsFolder, model));
  }
  return success(removed.value.length);
}

function checkUnused(registry: Registry, { name, version }: ModelRecord): Result<null> {
  const [deployment] = registry.deployments.listByModel(name, version);
  if (deployment !== undefined) {
    const user = { deployment: deployment.name, endpoint: deployment.endpointName };
    return failure("model/in-use:deployment", { model: name, ...user });
  }
  const [job] = registry.jobs.listUnfinishedByModel(name, version);
  return job === undefined ? success(null) : failure("model/in-use:job", { model: name, job: job.name });
}

/** Absolute path of the .onnx file. */
export function modelFile(modelsFolder: string, model: ModelRecord): string {
  return path.join(modelFolder(modelsFolder, model), model.onnxFile);
}

/** What `model list` and `model show` print. */
export function modelView(model: ModelRecord): ModelView {
  return {
    name: model.name,
    version: model.version,
    type: model.type,
    hash: model.hash,
    onnx_file: model.onnxFile,
    inputs: model.signature.inputs,
    outputs: model.signature.outputs,
    fixed_batch: model.signature.fixedBatch,
    created_at: model.createdAt,
  };
}
