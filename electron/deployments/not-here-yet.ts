import { environmentVariableFault, isTooMuchEnvironment } from "../contract/nouns/environment-variables.ts";
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
    return failure(
      "deployment/unsupported",
      `The deployment "${file.name}" is a pipeline, and pipelines are not here yet.`,
      `Use a deployment with "type: model".`,
    );
  }
  const { code, model } = file;
  if (code?.kind === "elsewhere") {
    return failure(
      "deployment/unsupported",
      `The code "${code.reference}" is not on this machine.`,
      "Name a local folder.",
    );
  }
  if (model.kind === "elsewhere") {
    return failure(
      "deployment/unsupported",
      `The model "${model.reference}" is in Azure or named by an address.`,
      "Name a local file or folder under model.path, or a model of this workspace as azureml:NAME:VERSION.",
    );
  }
  if (model.kind === "path" && model.type === "triton_model" && code?.kind !== "script") {
    return failure(
      "deployment/unsupported",
      `Models of the type ${model.type} are not here yet.`,
      "Name an ONNX model, an MLflow folder with the onnx flavor, or a scoring_script.",
    );
  }
  const variables = checkEnvironmentVariables(file.settings.environment_variables);
  if (!variables.ok) return variables;
  return success({ ...file, model, code });
}

function checkEnvironmentVariables(variables: Readonly<Record<string, string>>): Result<null> {
  for (const [name, value] of Object.entries(variables)) {
    const fault = environmentVariableFault(name, value);
    if (fault === null) continue;
    return failure(
      "deployment/unsupported",
      `A deployment cannot set the environment variable "${name}": it ${fault}.`,
      "Leave it out of environment_variables.",
    );
  }
  if (!isTooMuchEnvironment(variables)) return success(null);
  return failure(
    "deployment/unsupported",
    "The environment_variables are longer than a process can be given.",
    "Keep names and values under 32,000 characters together.",
  );
}
