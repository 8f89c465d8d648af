import type { EventPayload } from "../../contract/channels.ts";
import { success } from "../../contract/problem.ts";
import { azureClusters } from "../../workspace/azure/azure-endpoints.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { CallHandlers } from "../call.ts";

type PublishCalls = Pick<
  CallHandlers,
  "azure:computes" | "azure:differences" | "azure:publish" | "azure:cancel-publish"
>;

/** Deployments of this computer on their way to the chosen workspace, one at a time. `onProgress`: how far it is. */
export function publishHandlers(
  { azure }: Workspace,
  onProgress: (progress: EventPayload<"azure:publishing">) => void,
): PublishCalls {
  let running: AbortController | null = null;
  return {
    "azure:computes": () => azure.within(null, azureClusters),
    async "azure:differences"({ endpoint_name: endpoint, deployment_name: deployment }) {
      const differences = await azure.differences({ endpoint, deployment, edits: { set: {}, options: {} } });
      return differences.ok ? success([...differences.value]) : differences;
    },
    async "azure:publish"({ endpoint_name: endpoint, deployment_name: deployment, compute, set_default: setDefault }) {
      running?.abort();
      const own = new AbortController();
      running = own;
      const published = await azure.publish(
        null,
        { endpoint, deployment, edits: { set: { compute: `azureml:${compute}` }, options: {} } },
        {
          setDefault,
          mustExist: false,
          // The differences were shown before; what was cancelled while Azure was asked sends nothing.
          agree: () => !own.signal.aborted,
          waiting: {
            onProgress: (progress) => {
              if (running === own) onProgress(progress);
            },
            signal: own.signal,
          },
        },
      );
      if (running === own) running = null;
      if (!published.ok) return published;
      const { isNew, isEndpointNew } = published.value;
      return success({ is_new: isNew, is_endpoint_new: isEndpointNew });
    },
    "azure:cancel-publish"() {
      running?.abort();
      return success(null);
    },
  };
}
