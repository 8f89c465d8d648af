import { failure, type Result, success } from "../../../contract/problem.ts";
import type { AzureDatastore, AzurePlace } from "../../../contract/views/azure.ts";
import type { AzureResources } from "../workspace-resources.ts";

/** Where files of a workspace go unless somebody says otherwise. Problem: datastore/not-found. */
export async function defaultDatastore(
  { workspace }: AzurePlace,
  { datastores }: Pick<AzureResources, "datastores">,
): Promise<Result<AzureDatastore>> {
  const listed = await datastores.list(null);
  if (!listed.ok) return listed;
  const found = listed.value.view.find(({ is_default }) => is_default);
  if (found?.type === "azure_blob") return success(found);
  return failure("datastore/not-found:azure-default", { workspace });
}

/** What a datastore's files are named by in Azure ML. */
export function datastoreUri(
  { subscription, resource_group, workspace }: AzurePlace,
  name: string,
  path: string,
): string {
  const group = `azureml://subscriptions/${subscription}/resourcegroups/${resource_group}`;
  return `${group}/workspaces/${workspace}/datastores/${name}/paths/${path}`;
}

/** The address of a file in the storage account behind a datastore. */
export function blobAddress(
  { protocol, account_name, endpoint, container_name }: AzureDatastore,
  path: string,
): string {
  return `${protocol}://${account_name}.blob.${endpoint}/${container_name}/${path}`;
}
