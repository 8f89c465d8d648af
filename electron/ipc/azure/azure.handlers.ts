import type { CallInput } from "../../contract/channels.ts";
import type { AzureOverview } from "../../contract/views/azure-card.ts";
import { type Result, success } from "../../contract/problem.ts";
import type { NamedWorkspace } from "../../workspace/azure/azure.ts";
import { azureEndpointCards } from "../../workspace/azure/azure-endpoints.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { CallHandlers } from "../call.ts";
import type { Grants } from "../grants.ts";

type AzureCalls = Pick<
  CallHandlers,
  "azure:show" | "azure:workspaces" | "azure:use" | "azure:forget" | "azure:endpoints"
>;

/** Azure ML workspaces, and what the chosen one holds. */
export function azureHandlers(workspace: Workspace, grants: Grants, onChanged: () => void): AzureCalls {
  const { azure } = workspace;

  async function named(wanted: CallInput<"azure:use">): Promise<Result<NamedWorkspace>> {
    switch (wanted.by) {
      case "place": {
        const { subscription, resource_group: resourceGroup, workspace: name } = wanted.place;
        return success({ workspace: name, resourceGroup, subscription });
      }
      case "address":
        return azure.readAddress(wanted.address);
      case "file": {
        const file = grants.input(wanted.grantId);
        return file.ok ? azure.readFile(file.value.path) : file;
      }
    }
  }

  return {
    "azure:show": () => azureOverview(workspace),
    async "azure:workspaces"() {
      const seen = await azure.list(null);
      return seen.ok ? success({ ...seen.value, view: [...seen.value.view] }) : seen;
    },
    async "azure:use"(wanted) {
      const place = await named(wanted);
      const used = place.ok ? await azure.use(place.value) : place;
      onChanged();
      return used;
    },
    "azure:forget"() {
      azure.forget();
      onChanged();
      return success(null);
    },
    "azure:endpoints": () => azure.within(null, azureEndpointCards),
  };
}

/** Problem: azure/invalid-cloud. */
export function azureOverview({ accounts, azure }: Workspace): Result<AzureOverview> {
  const listed = accounts.list();
  return listed.ok ? success({ accounts: [...listed.value], workspace: azure.chosen() }) : listed;
}
