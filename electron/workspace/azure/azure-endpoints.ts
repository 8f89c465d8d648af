import type { AzureDeployment, AzureEndpoint, Seen } from "../../contract/views/azure.ts";
import type { AzureCluster, AzureEndpointCard } from "../../contract/views/azure-card.ts";
import { type Result, success } from "../../contract/problem.ts";
import type { AzureResources } from "../../remote/azureml/azure-client.ts";
import { inTurns } from "../../remote/azureml/in-turns.ts";
import { isCluster } from "../../remote/azureml/nouns/computes.ts";

type Cards = Seen<AzureEndpointCard[]>;

/**
 * Every batch endpoint of a workspace with its deployments, by name. It is as old as its oldest part. An endpoint that goes
 * while they are listed is left out. Problems: those of the lists.
 */
export async function azureEndpointCards({ endpoints, deployments }: AzureResources): Promise<Result<Cards>> {
  const listed = await endpoints.list(null);
  if (!listed.ok) return listed;
  const { view } = listed.value;
  // What cannot be reached is waited for once, and not in turns.
  const atOnce = listed.value.offline === null ? 4 : Math.max(1, view.length);
  const served = await inTurns(view, ({ name }) => deployments(name).list(null), atOnce);
  const cards: AzureEndpointCard[] = [];
  let { offline, unreadable } = listed.value;
  for (const [index, endpoint] of view.entries()) {
    const answer = served[index];
    if (answer === undefined) continue;
    if (!answer.ok) {
      if (answer.problem.code === "endpoint/not-found") continue;
      return answer;
    }
    cards.push(cardOf(endpoint, answer.value.view));
    offline = older(offline, answer.value.offline);
    unreadable += answer.value.unreadable;
  }
  return success({ view: cards.sort((a, b) => a.name.localeCompare(b.name, "en")), offline, unreadable });
}

function older(one: Cards["offline"], other: Cards["offline"]): Cards["offline"] {
  if (one === null || other === null) return one ?? other;
  return one.seenAt <= other.seenAt ? one : other;
}

function cardOf(endpoint: AzureEndpoint, deployments: readonly AzureDeployment[]): AzureEndpointCard {
  const { name, description, defaults, provisioning_state } = endpoint;
  return {
    name,
    description,
    default_deployment: defaults.deployment_name ?? null,
    provisioning_state,
    deployments: deployments
      .map((one) => ({
        name: one.name,
        type: one.type,
        compute: one.compute,
        runs: one.type === "model" ? one.model : one.component,
        provisioning_state: one.provisioning_state,
      }))
      .sort((a, b) => a.name.localeCompare(b.name, "en")),
  };
}

/** Every compute of a workspace that batch deployments run on, by name. Problems: those of the list. */
export async function azureClusters({ computes }: AzureResources): Promise<Result<Seen<AzureCluster[]>>> {
  const listed = await computes.list(null);
  if (!listed.ok) return listed;
  const view = listed.value.view
    .filter(isCluster)
    .map(({ name, type, size, min_instances, max_instances, provisioning_state }) => ({
      name,
      type,
      size,
      min_instances,
      max_instances,
      provisioning_state,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
  return success({ ...listed.value, view });
}
