import path from "node:path";
import { failure, type Result } from "../contract/problem.ts";
import type { ModelRecord } from "../registry/models.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import type { DeploymentTools } from "./types.ts";

export async function createModel(
  _tools: DeploymentTools,
  _request: { readonly name: string; readonly path: string; readonly version: string | null },
): Promise<Result<ModelRecord>> {
  return failure("model/invalid", "");
}
/** `version` null: the latest. */
export function showModel(_registry: Registry, _name: string, _version: string | null): Result<ModelRecord> {
  return failure("model/invalid", "");
}
/** `version` null: every version. Refused (model/in-use) while a deployment or an unfinished job uses it. */
export async function deleteModel(_tools: DeploymentTools, _name: string, _version: string | null): Promise<Result<number>> {
  return failure("model/invalid", "");
}
/** Absolute path of the .onnx file, for JobSpec.model.file. */
export function modelFile(modelsFolder: string, model: ModelRecord): string {
  return path.join(modelsFolder, model.folder, model.onnxFile);
}
export function modelView(model: ModelRecord): Readonly<Record<string, unknown>> {
  return model;
}
