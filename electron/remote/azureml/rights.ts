import * as z from "zod";
import type { AzureMissingRight } from "../../contract/nouns/azure/missing-right.ts";
import type { AzurePlace } from "../../contract/views/azure.ts";
import { roles } from "../roles.ts";
import { addressIn, addressOf, apiVersions, idIn } from "./addresses.ts";
import type { ControlPlane } from "./control-plane.ts";
import { optionalText } from "./nouns/resource.ts";
import { noWorkspace } from "./workspaces.ts";

/** What somebody wants to do with the default datastore, whose container that is. */
export type StoreNeeds = {
  readonly accountName: string;
  readonly containerName: string;
  /** Files are sent to it; otherwise results are read from it, and no more. */
  readonly writes: boolean;
};

export type AzureRights = {
  /**
   * What the account may not do that a job needs, as Azure tells its own rights. It is asked and never found out by trying; what it
   * is not allowed to ask, or gets no answer to within seconds, it does not report as missing.
   */
  readonly missingForJob: (store: StoreNeeds) => Promise<readonly AzureMissingRight[]>;
};

/** What a role, or several together, allow: `*` stands for anything. */
const permissionSchema = z.object({
  actions: z.array(z.string()).default([]),
  notActions: z.array(z.string()).default([]),
  dataActions: z.array(z.string()).default([]),
  notDataActions: z.array(z.string()).default([]),
});
type Permission = z.infer<typeof permissionSchema>;

const workspaceSchema = z.object({ properties: z.object({ storageAccount: optionalText }) });

/** Of all questions together: a plan waits for them. */
const timeoutMs = 10_000;
/** What invoking a batch endpoint takes, as Azure's paper on its authentication lists it. */
const invoking = [
  "Microsoft.MachineLearningServices/workspaces/batchEndpoints/jobs/write",
  "Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments/jobs/write",
];
const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

export function createRights(place: AzurePlace, controlPlane: ControlPlane): AzureRights {
  const missing = noWorkspace(place.workspace);

  /** Null: nobody told. */
  async function permissionsOn(scope: string, signal: AbortSignal): Promise<readonly Permission[] | null> {
    const names = scope.split("/").filter((name) => name !== "");
    const listed = await controlPlane.list({
      address: addressOf([...names, "providers", "Microsoft.Authorization", "permissions"], apiVersions.authorization),
      schema: permissionSchema,
      missing,
      most: null,
      signal,
    });
    return listed.ok ? listed.value.items : null;
  }

  async function onWorkspace(signal: AbortSignal): Promise<readonly AzureMissingRight[]> {
    const permissions = await permissionsOn(idIn(place, []), signal);
    const actions = permissions === null ? [] : invoking.filter((action) => !allows(permissions, action));
    return actions.length === 0 ? [] : [{ on: "workspace", name: place.workspace, role: roles.scientist, actions }];
  }

  async function onStore(
    { accountName, containerName, writes }: StoreNeeds,
    signal: AbortSignal,
  ): Promise<readonly AzureMissingRight[]> {
    const workspace = await controlPlane.get(addressIn(place, []), workspaceSchema, missing, signal);
    const account = workspace.ok ? workspace.value.properties.storageAccount : null;
    if (account === null || account.split("/").at(-1)?.toLowerCase() !== accountName.toLowerCase()) return [];
    // A role may be given on the container alone; those of the account hold there, too.
    const container = `${account}/blobServices/default/containers/${containerName}`;
    const permissions = await permissionsOn(container, signal);
    const needed = [`${blobs}/read`, ...(writes ? [`${blobs}/write`] : [])];
    const actions = permissions === null ? [] : needed.filter((action) => !allowsData(permissions, action));
    const role = writes ? roles.blobContributor : roles.blobReader;
    return actions.length === 0 ? [] : [{ on: "storage", name: accountName, role, actions }];
  }

  return {
    async missingForJob(store) {
      const signal = AbortSignal.timeout(timeoutMs);
      const [ofWorkspace, ofStore] = await Promise.all([onWorkspace(signal), onStore(store, signal)]);
      return [...ofWorkspace, ...ofStore];
    },
  };
}

/** Whether one of them allows it: what a role leaves out, another one may give. */
function allows(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(({ actions, notActions }) => isAmong(actions, action) && !isAmong(notActions, action));
}

function allowsData(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(
    ({ dataActions, notDataActions }) => isAmong(dataActions, action) && !isAmong(notDataActions, action),
  );
}

function isAmong(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
  });
}
