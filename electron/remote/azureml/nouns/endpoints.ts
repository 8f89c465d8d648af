import * as z from "zod";
import type { AzureEndpoint } from "../../../contract/views/azure.ts";
import { optionalText, resourceSchema, snakeCase, textMap, textOrEmpty } from "./resource.ts";

export const endpoint: z.ZodType<AzureEndpoint> = resourceSchema(
  z.object({
    description: textOrEmpty,
    properties: textMap,
    authMode: z.string(),
    defaults: z.object({ deploymentName: optionalText }).nullish(),
    scoringUri: optionalText,
    swaggerUri: optionalText,
    provisioningState: optionalText,
  }),
).transform(({ id, name, location, tags, systemData: { created_at, updated_at }, properties: own }) => {
  const deployment = own.defaults?.deploymentName ?? null;
  return {
    name,
    description: own.description,
    tags,
    properties: own.properties,
    auth_mode: snakeCase(own.authMode),
    defaults: deployment === null ? {} : { deployment_name: deployment },
    scoring_uri: own.scoringUri,
    openapi_uri: own.swaggerUri,
    provisioning_state: own.provisioningState,
    location,
    id,
    created_at,
    updated_at,
  };
});
