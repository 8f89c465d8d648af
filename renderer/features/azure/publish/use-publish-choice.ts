import { useCallback, useState } from "react";
import type { CallInput, CallOutput, EndpointCard as Endpoint } from "../../../../electron/contract/channels.ts";
import { call } from "../../../bridge/bridge.ts";
import { useApp } from "../../../store/app-store.ts";
import type { Fetched } from "../../../store/fetched.ts";
import { type Asked, useAsked } from "../use-asked.ts";

export type PublishChoice = {
  readonly endpoint: Endpoint;
  readonly deploymentName: string;
  readonly chooseDeployment: (name: string) => void;
  readonly clusters: Asked<CallOutput<"azure:computes">>;
  readonly cluster: string | null;
  readonly chooseCluster: (name: string) => void;
  readonly isDefault: boolean;
  readonly chooseDefault: (isDefault: boolean) => void;
  readonly differences: Fetched<CallOutput<"azure:differences">>;
  /** What of that name the workspace has; null: that is not known. */
  readonly there: { readonly endpoint: boolean; readonly deployment: boolean } | null;
  /** Null: something is missing, or it cannot run in Azure. */
  readonly wanted: CallInput<"azure:publish"> | null;
};

const askClusters = () => call("azure:computes", null);

/** What is chosen in the sheet, and the differences that are shown before anything is sent. */
export function usePublishChoice(endpoint: Endpoint): PublishChoice {
  const { name, deployments, default_deployment: own } = endpoint;
  const [deploymentName, chooseDeployment] = useState(own ?? deployments[0]?.name ?? "");
  const [chosenCluster, chooseCluster] = useState<string | null>(null);
  const [chosenDefault, chooseDefault] = useState<boolean | null>(null);
  const clusters = useAsked(askClusters);
  const askDifferences = useCallback(
    () => call("azure:differences", { endpoint_name: name, deployment_name: deploymentName }),
    [name, deploymentName],
  );
  const { seen: differences } = useAsked(askDifferences);
  const inAzure = useApp(({ azureEndpoints }) => azureEndpoints?.answer ?? null);
  const same = inAzure?.state === "ready" ? inAzure.value.view.find((one) => one.name === name) : undefined;

  const first = clusters.seen.state === "ready" ? (clusters.seen.value.view[0]?.name ?? null) : null;
  const cluster = chosenCluster ?? first;
  // An endpoint without a default is of no use to invocations that name no deployment.
  const isDefault = chosenDefault ?? (same?.default_deployment ?? deploymentName) === deploymentName;
  return {
    endpoint,
    deploymentName,
    chooseDeployment,
    clusters,
    cluster,
    chooseCluster,
    isDefault,
    chooseDefault,
    differences,
    there:
      inAzure?.state === "ready"
        ? { endpoint: same !== undefined, deployment: same?.deployments.some(isNamed(deploymentName)) ?? false }
        : null,
    wanted:
      cluster === null || differences.state !== "ready"
        ? null
        : { endpoint_name: name, deployment_name: deploymentName, compute: cluster, set_default: isDefault },
  };
}

function isNamed(wanted: string): (deployment: { readonly name: string }) => boolean {
  return ({ name }) => name === wanted;
}
