import * as z from "zod";

/** Where an Azure ML workspace is. Names that differ in case alone are one place. */
export const azurePlaceSchema = z.strictObject({
  subscription: z.string(),
  resource_group: z.string(),
  workspace: z.string(),
});
export type AzurePlace = Readonly<z.infer<typeof azurePlaceSchema>>;
