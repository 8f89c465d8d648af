import * as z from "zod";
import type { AzureDeployment } from "../../../contract/views/azure.ts";
import { readId, referenceTo } from "../addresses.ts";
import { duration, optionalText, resourceSchema, snakeCase, textMap, textOrEmpty } from "./resource.ts";

const reference = optionalText.transform((id) => (id === null ? null : referenceTo(id)));
/** What another resource is named by: its id, or an address of its output or of a data path, which has none of these. */
const assetReference = z
  .object({ assetId: reference })
  .nullish()
  .transform((asset) => asset?.assetId ?? null);

/** Stands for the value of a variable; written back, the value stays what it is in Azure. */
export const hiddenValue = "(not shown)";

/** Their values may be secrets. What is read of Azure is kept and shown, so they go no further than this. */
function namesOnly(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(variables).map((name) => [name, hiddenValue]));
}

/** With the defaults that Azure's reference of the deployment file names. */
const ownSchema = z.object({
  description: textOrEmpty,
  properties: textMap,
  provisioningState: optionalText,
  compute: reference,
  model: assetReference,
  environmentId: reference,
  codeConfiguration: z.object({ codeId: reference, scoringScript: z.string() }).nullish(),
  resources: z.object({ instanceCount: z.number().nullish(), instanceType: optionalText }).nullish(),
  miniBatchSize: z.number().nullish(),
  maxConcurrencyPerInstance: z.number().nullish(),
  retrySettings: z.object({ maxRetries: z.number().nullish(), timeout: duration.nullish() }).nullish(),
  outputAction: z.string().nullish(),
  outputFileName: optionalText,
  errorThreshold: z.number().nullish(),
  loggingLevel: z.string().nullish(),
  environmentVariables: textMap.transform(namesOnly),
  deploymentConfiguration: z
    .object({
      deploymentConfigurationType: z.string(),
      componentId: assetReference,
      settings: textMap,
    })
    .nullish(),
});

export const deployment: z.ZodType<AzureDeployment> = resourceSchema(ownSchema).transform(
  ({ id, name, location, tags, systemData: { created_at, updated_at }, properties: own }): AzureDeployment => {
    const { description, properties, compute, provisioningState, deploymentConfiguration } = own;
    const endpoint_name = readId(id)?.rest[1] ?? "";
    const before = { name, endpoint_name, description, tags, properties, compute };
    const after = { provisioning_state: provisioningState, location, id, created_at, updated_at };
    // Of these Azure tells run settings too, which mean nothing.
    if (deploymentConfiguration?.deploymentConfigurationType === "PipelineComponent") {
      const { componentId: component, settings } = deploymentConfiguration;
      return { ...before, type: "pipeline", component, settings, ...after };
    }
    return { ...before, type: "model", ...modelDeployment(own), ...after };
  },
);

function modelDeployment(own: z.output<typeof ownSchema>) {
  const { codeConfiguration: code, retrySettings: retries, resources } = own;
  return {
    model: own.model,
    environment: own.environmentId,
    code_configuration:
      code === null || code === undefined ? null : { code: code.codeId, scoring_script: code.scoringScript },
    resources: { instance_count: resources?.instanceCount ?? 1, instance_type: resources?.instanceType ?? null },
    settings: {
      mini_batch_size: own.miniBatchSize ?? 10,
      max_concurrency_per_instance: own.maxConcurrencyPerInstance ?? 1,
      retry_settings: { max_retries: retries?.maxRetries ?? 3, timeout: retries?.timeout ?? 30 },
      output_action: snakeCase(own.outputAction ?? "AppendRow"),
      output_file_name: own.outputFileName,
      error_threshold: own.errorThreshold ?? -1,
      logging_level: snakeCase(own.loggingLevel ?? "Info"),
      environment_variables: own.environmentVariables,
    },
  };
}
