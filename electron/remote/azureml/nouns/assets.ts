import * as z from "zod";
import type { AzureAsset } from "../../../contract/views/azure.ts";
import { readId } from "../addresses.ts";
import { optionalText, resourceSchema, snakeCase, textMap, textOrEmpty } from "./resource.ts";

/** What has versions in a workspace: the part of the address it lies under, and the word of problems and commands for it. */
export const assetNouns = {
  model: "models",
  data: "data",
  environment: "environments",
  component: "components",
} as const;
export type AssetNoun = keyof typeof assetNouns;

const common = { description: textOrEmpty, tags: textMap, properties: textMap };

type Common = Pick<AzureAsset, "id" | "description" | "tags" | "properties" | "created_at" | "updated_at">;

/** Keys that an asset and each of its versions have. */
function commonOf(
  id: string,
  { created_at, updated_at }: Pick<Common, "created_at" | "updated_at">,
  { description, tags, properties }: Pick<Common, "description" | "tags" | "properties">,
): Common {
  return { description, tags, properties, id, created_at, updated_at };
}

/** The name that versions share, of any of these nouns. */
export const assetContainer: z.ZodType<AzureAsset> = resourceSchema(
  z.object({ ...common, latestVersion: optionalText, dataType: optionalText }),
).transform(({ id, name, systemData, properties: own }) => ({
  name,
  version: own.latestVersion,
  type: own.dataType === null ? null : snakeCase(own.dataType),
  path: null,
  ...commonOf(id, systemData, own),
}));

/** A version. Each noun has a type and a place under keys of its own. */
export const assetVersion: z.ZodType<AzureAsset> = resourceSchema(
  z.object({
    ...common,
    modelType: optionalText,
    modelUri: optionalText,
    dataType: optionalText,
    dataUri: optionalText,
    osType: optionalText,
    image: optionalText,
    componentSpec: z.object({ type: optionalText }).nullish(),
  }),
).transform(({ id, name, systemData, properties: own }) => {
  const type = own.modelType ?? own.dataType ?? own.componentSpec?.type ?? own.osType;
  return {
    // Azure calls a version by its number.
    name: readId(id)?.rest[1] ?? name,
    version: readId(id)?.rest[3] ?? name,
    type: type === null ? null : snakeCase(type),
    path: own.modelUri ?? own.dataUri ?? own.image,
    ...commonOf(id, systemData, own),
  };
});
