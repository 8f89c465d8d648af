import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import { allCores, type DeploymentFile, type ModelDeploymentFile, workersProperty } from "./yaml/deployment-file.ts";
import { olderSettingKeys } from "./yaml/deployment-schema.ts";
import { isMap } from "./yaml/tidy-settings.ts";
import { yamlText } from "./yaml/yaml-text.ts";

const schemaAddress = "https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json";
const olderSchemaAddress = /\/batchDeployment\.schema\.json$/;
/** Facts of Azure's about one that exists there, which a file to make another from does not have. */
const readOnlyKeys = ["id", "provisioning_state"];

/** A deployment of this workspace as a file: what it was made from, with the model and the compute that it got. */
export function recordYaml(deployment: DeploymentRecord): string {
  const { name, endpointName, source, modelName, modelVersion, computeName, settings } = deployment;
  const model = { kind: "registered", name: modelName, version: modelVersion } as const;
  return deploymentYaml({ type: "model", name, endpointName, source, model, computeName, settings });
}

/**
 * The deployment as text that Azure and Batchdeck both take and that means the same in both: the user's own keys, with
 * the settings written out in the newer form. Counts that were left out mean 1 in Azure and every core here: both are
 * written, the one as Azure's keys, the other as a property of ours.
 */
export function deploymentYaml(
  file:
    | Extract<DeploymentFile, { type: "pipeline" }>
    | Pick<ModelDeploymentFile, "type" | "name" | "endpointName" | "source" | "model" | "computeName" | "settings">,
): string {
  const own = Object.fromEntries(
    Object.entries(file.source).filter(([key, value]) => value !== null && !readOnlyKeys.includes(key)),
  );
  const names = { name: file.name, ...(file.endpointName === null ? {} : { endpoint_name: file.endpointName }) };
  if (file.type === "pipeline") return yamlText({ ...own, ...names });

  const { model, settings } = file;
  const isOlder = own["type"] === undefined;
  const givenSettings = isOlder ? own : mapOf(own["settings"]);
  const resources = mapOf(own["resources"]);
  const usesAllCores = settings.instance_count === null && settings.max_concurrency_per_instance === null;
  const { output_file_name, retry_settings, environment_variables, instance_count, ...plain } = settings;
  const { [workersProperty]: _replaced, ...ownProperties } = mapOf(own["properties"]);
  const properties = usesAllCores ? { ...ownProperties, [workersProperty]: allCores } : ownProperties;
  const given = own["$schema"];
  const schema = typeof given !== "string" || olderSchemaAddress.test(given) ? schemaAddress : given;
  const kept = Object.fromEntries(
    Object.entries(own).filter(([key]) => key !== "$schema" && key !== "properties" && !olderSettingKeys.includes(key)),
  );
  return yamlText({
    $schema: schema,
    ...kept,
    ...names,
    type: "model",
    model:
      model.kind === "registered" && model.version !== null ? `azureml:${model.name}:${model.version}` : own["model"],
    ...(file.computeName === null ? {} : { compute: `azureml:${file.computeName}` }),
    resources: {
      ...resources,
      instance_count: instance_count ?? resources["instance_count"] ?? givenSettings["instance_count"] ?? 1,
    },
    settings: {
      ...plain,
      max_concurrency_per_instance:
        settings.max_concurrency_per_instance ?? givenSettings["max_concurrency_per_instance"] ?? 1,
      retry_settings: {
        max_retries: retry_settings.max_retries,
        ...(retry_settings.timeout === null ? {} : { timeout: retry_settings.timeout }),
      },
      ...(output_file_name === null ? {} : { output_file_name }),
      ...(Object.keys(environment_variables).length === 0 ? {} : { environment_variables }),
    },
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  });
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}
