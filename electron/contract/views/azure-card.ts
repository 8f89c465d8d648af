import * as z from "zod";
import { accountViewSchema } from "./account.ts";
import { azurePlaceSchema } from "../nouns/azure/azure-place.ts";
import { azureComputeSchema } from "./azure.ts";

/** What the window shows of Azure without asking it: who is signed in, and which Azure ML workspace was chosen. */
export const azureOverviewSchema = z.strictObject({
  /** By name; that of the environment first. */
  accounts: z.array(accountViewSchema),
  workspace: azurePlaceSchema.extend({ cloud: z.string() }).nullable(),
});
export type AzureOverview = Readonly<z.infer<typeof azureOverviewSchema>>;

/** A batch endpoint of the chosen workspace, with what serves it. States are Azure's words. */
export const azureEndpointCardSchema = z.strictObject({
  name: z.string(),
  description: z.string(),
  /** Null: invocations must name a deployment. */
  default_deployment: z.string().nullable(),
  provisioning_state: z.string().nullable(),
  /** By name. */
  deployments: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(["model", "pipeline"]),
      /** `azureml:NAME`; null: each step has its own. */
      compute: z.string().nullable(),
      /** `azureml:NAME:VERSION` of its model or component; null: unknown. */
      runs: z.string().nullable(),
      provisioning_state: z.string().nullable(),
    }),
  ),
});
export type AzureEndpointCard = Readonly<z.infer<typeof azureEndpointCardSchema>>;

/** A cluster of the chosen workspace, which batch deployments run on. */
export const azureClusterSchema = azureComputeSchema.pick({
  name: true,
  type: true,
  size: true,
  min_instances: true,
  max_instances: true,
  provisioning_state: true,
});
export type AzureCluster = Readonly<z.infer<typeof azureClusterSchema>>;
