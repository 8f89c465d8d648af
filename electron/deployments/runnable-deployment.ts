import { environmentVariableFault, isTooMuchEnvironment } from "../contract/processes/environment-variables.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import type { CodeReference, DeploymentFile, ModelDeploymentFile, ModelReference } from "./yaml/deployment-file.ts";

/** A deployment of which everything it names is to be had here. */
export type RunnableDeployment = ModelDeploymentFile & {
  readonly model: Exclude<ModelReference, { readonly kind: "elsewhere" }>;
  readonly code: Exclude<CodeReference, { readonly kind: "elsewhere" }> | null;
};

/**
 * Azure takes more than runs here. A file that names such a thing is read and written whole, and only making a
 * deployment of it is refused, for that one thing. Problem: deployment/unsupported.
 */
export function runnableDeployment(file: DeploymentFile): Result<RunnableDeployment> {
  if (file.type === "pipeline") {
    return failure("deployment/unsupported:pipeline", { deployment: file.name });
  }
  const { code, model } = file;
  if (code?.kind === "elsewhere") {
    return failure("deployment/unsupported:code", { code: code.reference });
  }
  if (model.kind === "elsewhere") {
    return failure("deployment/unsupported:model", { model: model.reference });
  }
  if (model.kind === "path" && model.type === "triton_model" && code?.kind !== "script") {
    return failure("deployment/unsupported:model-type", { type: model.type });
  }
  const variables = checkEnvironmentVariables(file.settings.environment_variables);
  if (!variables.ok) return variables;
  return success({ ...file, model, code });
}

function checkEnvironmentVariables(variables: Readonly<Record<string, string>>): Result<null> {
  for (const [name, value] of Object.entries(variables)) {
    const fault = environmentVariableFault(name, value);
    if (fault === null) continue;
    return failure("deployment/unsupported:variable", { name, fault });
  }
  if (!isTooMuchEnvironment(variables)) return success(null);
  return failure("deployment/unsupported:variables");
}
