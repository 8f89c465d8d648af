import type { EventPayload, StartCallName } from "../contract/channels.ts";
import type { Sample } from "../workspace/samples.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { accountHandlers } from "./azure/accounts.handlers.ts";
import { appHandlers } from "./app.handlers.ts";
import { azureHandlers } from "./azure/azure.handlers.ts";
import { azureJobHandlers } from "./azure/azure-jobs.handlers.ts";
import type { Desktop } from "./desktop.ts";
import { deploymentHandlers } from "./deployments.handlers.ts";
import { comparisonHandlers } from "./comparisons.handlers.ts";
import { dataHandlers } from "./data.handlers.ts";
import { endpointHandlers } from "./endpoints.handlers.ts";
import type { Grants } from "./grants.ts";
import type { CallHandlers } from "./call.ts";
import { inputHandlers } from "./inputs.handlers.ts";
import { invocationHandlers } from "./invocations.handlers.ts";
import { createPreviews } from "./previews.ts";
import { jobHandlers } from "./jobs.handlers.ts";
import { publishHandlers } from "./azure/publish.handlers.ts";
import { queueHandlers } from "./queue.handlers.ts";

/** Every handler of the channel table that needs a workspace. `onListed` is told when a page has fetched the jobs. */
export function createHandlers(parts: {
  readonly workspace: Workspace;
  readonly grants: Grants;
  readonly samples: readonly Sample[];
  readonly desktop: Desktop;
  readonly onListed: () => void;
  /** Something changed that the workspace itself does not announce. */
  readonly onChanged: () => void;
  readonly onSignInPrompt: (prompt: EventPayload<"accounts:prompt">) => void;
  readonly onComparing: (progress: EventPayload<"comparisons:progress">) => void;
  readonly onPublishing: (progress: EventPayload<"azure:publishing">) => void;
}): Omit<CallHandlers, StartCallName> {
  const { workspace, grants, samples, desktop, onListed, onChanged, onSignInPrompt, onComparing, onPublishing } = parts;
  const previews = createPreviews();
  return {
    ...appHandlers(workspace, desktop),
    ...endpointHandlers(workspace, samples),
    ...deploymentHandlers(workspace),
    ...inputHandlers(grants, desktop, samples),
    ...invocationHandlers(workspace, grants, previews),
    ...jobHandlers(workspace, desktop, onListed),
    ...comparisonHandlers(workspace, desktop, onComparing),
    ...dataHandlers(workspace, grants),
    ...accountHandlers(workspace, desktop, { onChanged, onPrompt: onSignInPrompt }),
    ...azureHandlers(workspace, grants, onChanged),
    ...azureJobHandlers(workspace, grants, previews),
    ...publishHandlers(workspace, onPublishing),
    ...queueHandlers(workspace),
  };
}
