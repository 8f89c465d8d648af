import * as z from "zod";
import type { AzureCompute } from "../../../contract/views/azure.ts";
import { duration, optionalNumber, optionalText, resourceSchema, snakeCase, textOrEmpty } from "./resource.ts";

/** Of the kinds of computes that batch deployments run on. */
export function isCluster({ type }: Pick<AzureCompute, "type">): boolean {
  return type === "amlcompute" || type === "kubernetes";
}

export const compute: z.ZodType<AzureCompute> = resourceSchema(
  z.object({
    computeType: z.string(),
    description: textOrEmpty,
    provisioningState: optionalText,
    createdOn: optionalText,
    modifiedOn: optionalText,
    // Of clusters; other kinds have other keys, or none.
    properties: z
      .object({
        vmSize: optionalText,
        vmPriority: optionalText,
        scaleSettings: z
          .object({
            minNodeCount: optionalNumber,
            maxNodeCount: optionalNumber,
            nodeIdleTimeBeforeScaleDown: duration.nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
).transform(({ id, name, location, tags, systemData, properties: own }) => {
  const { vmSize = null, vmPriority = null, scaleSettings: scale } = own.properties ?? {};
  return {
    name,
    type: own.computeType.toLowerCase(),
    size: vmSize,
    min_instances: scale?.minNodeCount ?? null,
    max_instances: scale?.maxNodeCount ?? null,
    idle_time_before_scale_down: scale?.nodeIdleTimeBeforeScaleDown ?? null,
    tier: vmPriority === null ? null : snakeCase(vmPriority),
    description: own.description,
    tags,
    provisioning_state: own.provisioningState,
    location,
    id,
    created_at: systemData.created_at ?? own.createdOn,
    updated_at: systemData.updated_at ?? own.modifiedOn,
  };
});
