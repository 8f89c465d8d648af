import type { Result } from "../../../contract/problem.ts";
import type { AzureChanges, AzureResources, Waiting } from "../../../workspace/azure/azure.ts";
import { dataForAzure, modelForAzure } from "../../../workspace/azure/azure-requests.ts";
import type { AssetRequest } from "../../../workspace/data.ts";
import type { ModelRequest } from "../../../workspace/models.ts";
import type { CommandContext } from "../../terminal/command.ts";
import type { CommandValues } from "../../terminal/command-values.ts";
import { azureColumns, showSeen } from "./show-seen.ts";
import { writeToAzure } from "./write-to-azure.ts";

/** Registers a model in Azure, once for each content. */
export async function registerModel(
  context: CommandContext,
  values: CommandValues,
  request: ModelRequest,
  resources: AzureResources,
  changes: AzureChanges,
): Promise<Result<number>> {
  const model = await modelForAzure(request);
  if (!model.ok) return model;
  const register = (waiting: Waiting) => changes.model(model.value, waiting);
  return registered(context, values, resources, "model", register);
}

/** Gives a folder, a file or an address a name in Azure; what lies on this computer is sent. */
export async function registerData(
  context: CommandContext,
  values: CommandValues,
  request: AssetRequest,
  resources: AzureResources,
  changes: AzureChanges,
): Promise<Result<number>> {
  const data = await dataForAzure(request);
  if (!data.ok) return data;
  const register = (waiting: Waiting) => changes.data(data.value, waiting);
  return registered(context, values, resources, "data", register);
}

function registered(
  context: CommandContext,
  values: CommandValues,
  resources: AzureResources,
  noun: "model" | "data",
  register: (waiting: Waiting) => ReturnType<AzureChanges["model"]>,
): Promise<Result<number>> {
  return writeToAzure(context, values, register, async ({ name, version }) =>
    showSeen(context, await resources.assets(noun).show(name, version), azureColumns.asset),
  );
}
