import * as z from "zod";
import type { AzureJob, AzurePlace } from "../../../contract/views/azure.ts";
import { referenceTo } from "../addresses.ts";
import { optionalText, resourceSchema, snakeCase, textMap, textOrEmpty } from "./resource.ts";

/** Among the properties of a batch endpoint's job: whose it is. */
export const batchProperties = { endpoint: "azureml.endpointname", deployment: "azureml.deploymentname" } as const;

const resource = resourceSchema(
  z.object({
    jobType: z.string(),
    status: z.string(),
    displayName: textOrEmpty,
    experimentName: textOrEmpty,
    description: textOrEmpty,
    tags: textMap,
    properties: textMap,
    computeId: optionalText,
    services: z
      .record(z.string(), z.object({ endpoint: optionalText }).nullish())
      .nullish()
      .transform((services) => services?.["Studio"]?.endpoint ?? null),
  }),
);

export function jobIn(place: AzurePlace): z.ZodType<AzureJob> {
  return resource.transform(({ name, systemData: { created_at, created_by }, properties: own }) => ({
    name,
    display_name: own.displayName,
    status: own.status,
    endpoint_name: own.properties[batchProperties.endpoint] ?? null,
    deployment_name: own.properties[batchProperties.deployment] ?? own.tags[batchProperties.deployment] ?? null,
    total: null,
    succeeded: null,
    failed: null,
    skipped: null,
    experiment_name: own.experimentName,
    description: own.description,
    tags: own.tags,
    type: snakeCase(own.jobType),
    compute: own.computeId === null ? null : referenceTo(own.computeId),
    runs_on: "azure" as const,
    azure: { ...place, job_name: name, studio_url: own.services, run_as: created_by },
    created_at,
    started_at: null,
    ended_at: null,
  }));
}
