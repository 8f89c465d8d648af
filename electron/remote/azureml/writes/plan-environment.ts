import { failure, type Result, success } from "../../../contract/problem.ts";
import type { ModelDeploymentFile } from "../../../deployments/yaml/deployment-file.ts";
import { readSmallTextFile } from "../../../deployments/yaml/read-yaml.ts";
import { isMap } from "../../../deployments/yaml/tidy-settings.ts";
import { yamlText } from "../../../deployments/yaml/yaml-text.ts";
import type { DeploymentPlan } from "./plan.ts";

/**
 * What a deployment file calls its environment: one of Azure's, or an image with what conda adds to it. Null: none, which is
 * enough for an MLflow model without a script. Problems: deployment/unsupported, deployment/invalid (the conda file).
 */
export async function environmentToRegister({
  name: deployment,
  source,
  code,
}: ModelDeploymentFile): Promise<Result<DeploymentPlan["environment"]>> {
  const { environment } = source;
  if (typeof environment === "string") return success({ kind: "named", reference: environment });
  const none = failure("deployment/unsupported:azure-no-environment", { deployment });
  if (!isMap(environment)) return code === null ? success(null) : none;
  if (environment["build"] !== undefined) return failure("deployment/unsupported:azure-build", { deployment });
  const { image } = environment;
  if (typeof image !== "string" || image === "") return none;
  const condaFile = await condaText(environment["conda_file"]);
  if (!condaFile.ok) return condaFile;
  const [name, version] = [textOf(environment["name"]), textOf(environment["version"])];
  return success({
    kind: "definition",
    name,
    version: name === null ? null : version,
    image,
    condaFile: condaFile.value,
  });
}

/** Of a file, or of what stands in the deployment file itself. */
async function condaText(conda: unknown): Promise<Result<string | null>> {
  if (typeof conda === "string") return readSmallTextFile(conda, "deployment/invalid");
  return success(isMap(conda) ? yamlText(conda) : null);
}

function textOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}
