import * as z from "zod";
import type { AzureDatastore } from "../../../contract/views/azure.ts";
import { optionalText, resourceSchema, snakeCase, textMap, textOrEmpty } from "./resource.ts";

export const datastore: z.ZodType<AzureDatastore> = resourceSchema(
  z.object({
    datastoreType: z.string(),
    description: textOrEmpty,
    tags: textMap,
    isDefault: z.boolean().nullish(),
    accountName: optionalText,
    containerName: optionalText,
    filesystem: optionalText,
    fileShareName: optionalText,
    endpoint: optionalText,
    protocol: optionalText,
    credentials: z.object({ credentialsType: z.string() }).nullish(),
  }),
).transform(({ id, name, systemData: { created_at, updated_at }, properties: own }) => ({
  name,
  type: snakeCase(own.datastoreType),
  account_name: own.accountName,
  container_name: own.containerName ?? own.filesystem ?? own.fileShareName,
  endpoint: own.endpoint,
  protocol: own.protocol,
  credentials: snakeCase(own.credentials?.credentialsType ?? "None"),
  is_default: own.isDefault ?? false,
  description: own.description,
  tags: own.tags,
  id,
  created_at,
  updated_at,
}));
