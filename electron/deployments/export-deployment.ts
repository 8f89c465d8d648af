import { stringify } from "yaml";
import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import { olderSettingKeys } from "./deployment-file.ts";

const schemaAddress = "https://azuremlschemas.azureedge.net/latest/modelBatchDeployment.schema.json";

/**
 * The deployment as a file that Azure and Batchdeck both take: the user's own keys, the model by name and version, and
 * the settings written out. Counts that were left out become Azure's default of 1, which here means "all cores" only
 * when nothing is written.
 */
export function deploymentYaml(deployment: DeploymentRecord): string {
  const { source, settings } = deployment;
  const own = Object.fromEntries(
    Object.entries(source).filter(([key, value]) => value !== null && !olderSettingKeys.includes(key)),
  );
  const resources = typeof source["resources"] === "object" ? source["resources"] : {};
  const { instance_count, output_file_name, retry_settings, environment_variables, ...plain } = settings;
  const written = {
    $schema: schemaAddress,
    ...own,
    name: deployment.name,
    endpoint_name: deployment.endpointName,
    type: "model",
    model: `azureml:${deployment.modelName}:${deployment.modelVersion}`,
    compute: `azureml:${deployment.computeName}`,
    resources: { ...resources, instance_count: instance_count ?? 1 },
    settings: {
      ...plain,
      max_concurrency_per_instance: settings.max_concurrency_per_instance ?? 1,
      retry_settings: {
        max_retries: retry_settings.max_retries,
        ...(retry_settings.timeout === null ? {} : { timeout: retry_settings.timeout }),
      },
      ...(output_file_name === null ? {} : { output_file_name }),
      ...(Object.keys(environment_variables).length === 0 ? {} : { environment_variables }),
    },
  };
  return stringify(written);
}
