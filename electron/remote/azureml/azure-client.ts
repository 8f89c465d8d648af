import type { AzurePlace } from "../../contract/views/azure.ts";
import type { AzureSession } from "../identity/session.ts";
import { createControlPlane } from "./control-plane.ts";
import { createLastSeen, type KeptAnswers } from "./last-seen.ts";
import type { Patience } from "../network/patience.ts";
import { type AzureResources, resourcesIn } from "./workspace-resources.ts";
import { type AzureChanges, changesIn } from "./writes/changes.ts";
import type { ReadFiles } from "./writes/plan.ts";
import { type AzureWorkspaces, createAzureWorkspaces } from "./workspaces.ts";

export type { AssetNoun } from "./nouns/assets.ts";
export type { AzureChanges } from "./writes/changes.ts";
export type { AzureResources } from "./workspace-resources.ts";
export type { NamedWorkspace } from "./workspaces.ts";

/** What one account sees in one cloud. */
export type AzureClient = {
  /** The name of the cloud. */
  readonly cloud: string;
  readonly workspaces: AzureWorkspaces;
  readonly resourcesIn: (place: AzurePlace) => AzureResources;
  /** What can be changed there. */
  readonly changesIn: (place: AzurePlace, readFiles: ReadFiles) => AzureChanges;
};

/** Opens no socket. `answers`: where what was seen is kept. `patience` left out: the usual one. */
export function openAzureClient(
  { accountId, cloud, tokens, network }: AzureSession,
  answers: KeptAnswers,
  patience?: Patience,
): AzureClient {
  const controlPlane = createControlPlane({ cloud, tokens, network, ...(patience === undefined ? {} : { patience }) });
  const lastSeen = createLastSeen(answers, accountId);
  const workspaces = createAzureWorkspaces(controlPlane, lastSeen);
  return {
    cloud: cloud.name,
    workspaces,
    resourcesIn: (place) => resourcesIn(place, controlPlane, lastSeen),
    changesIn(place, readFiles) {
      const resources = resourcesIn(place, controlPlane, lastSeen);
      return changesIn(place, { controlPlane, lastSeen, workspaces, resources, readFiles });
    },
  };
}
