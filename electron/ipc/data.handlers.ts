import { failure, success } from "../contract/problem.ts";
import { dataOverview } from "../workspace/data.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CallHandlers } from "./call.ts";
import type { Grants } from "./grants.ts";

type DataCalls = Pick<CallHandlers, "data:show" | "data:add-asset" | "watches:add" | "watches:remove">;

/** Data assets, datastores and watched folders. */
export function dataHandlers(workspace: Workspace, grants: Grants): DataCalls {
  return {
    "data:show": () => success(dataOverview(workspace)),
    async "data:add-asset"({ name, grantId }) {
      const input = grants.input(grantId);
      if (!input.ok) return input;
      const { path } = input.value;
      return workspace.assets.create({ name, version: null, type: null, path, description: "" });
    },
    async "watches:add"({ endpoint_name, grantId }) {
      const input = grants.input(grantId);
      if (!input.ok) return input;
      const added = await workspace.watches.add({
        folder: input.value.path,
        endpointName: endpoint_name,
        deploymentName: null,
        outputPath: null,
        overrides: {},
        settleSeconds: null,
      });
      return added.ok ? success({ ...added.value }) : added;
    },
    "watches:remove"({ id }) {
      const watch = workspace.watches.list().find((each) => each.id === id);
      if (watch === undefined) return failure("watch/not-found:this");
      const removed = workspace.watches.remove(watch.folder, watch.endpoint_name);
      return removed.ok ? success(null) : removed;
    },
  };
}
