import type { DataOverview } from "../contract/nouns/data-view.ts";
import { failure, success } from "../contract/problem.ts";
import { dataAssetView } from "../data/names/assets.ts";
import { createAsset } from "../data/names/create-asset.ts";
import { datastoreView } from "../data/names/datastores.ts";
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
      const request = { name, version: null, type: null, path, description: "" };
      const made = await createAsset(workspace.registry, request);
      return made.ok ? success(dataAssetView(made.value)) : made;
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
      if (watch === undefined) return failure("watch/not-found", "This folder is not watched any more.");
      const removed = workspace.watches.remove(watch.folder, watch.endpoint_name);
      return removed.ok ? success(null) : removed;
    },
  };
}

/** All that the screen of data shows. */
export function dataOverview(workspace: Workspace): DataOverview {
  const { registry, watches } = workspace;
  return {
    assets: registry.dataAssets.list().map(dataAssetView),
    datastores: registry.datastores.list().map(datastoreView),
    watches: [...watches.list()],
  };
}
