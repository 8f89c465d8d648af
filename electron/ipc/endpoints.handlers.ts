import type { EndpointCard } from "../contract/channels.ts";
import { success } from "../contract/problem.ts";
import type { Scorer } from "../contract/nouns/scorer.ts";
import type { Sample } from "../workspace/samples.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CallHandlers } from "./call.ts";

/** The cards of the first screen. */
export function endpointHandlers(
  workspace: Workspace,
  samples: readonly Sample[],
): Pick<CallHandlers, "endpoints:list"> {
  return { "endpoints:list": () => success(endpointCards(workspace, samples)) };
}

/** Every endpoint with its deployments, by name. */
export function endpointCards(workspace: Workspace, samples: readonly Sample[]): EndpointCard[] {
  return workspace.endpoints.list().map((endpoint) => {
    const sample = samples.find(({ name }) => name === endpoint.name);
    return {
      name: endpoint.name,
      description: endpoint.description,
      default_deployment: endpoint.defaultDeployment,
      deployments: workspace.deployments.list(endpoint.name).map((deployment) => ({
        name: deployment.name,
        takes: takenBy(deployment.scorer),
        model: `${deployment.modelName}:${deployment.modelVersion}`,
        output_file_name: deployment.settings.output_file_name,
        error_threshold: deployment.settings.error_threshold,
        trusted: workspace.deployments.isTrusted(deployment),
      })),
      last_used_at: workspace.endpoints.lastUsedAt(endpoint.name),
      sample: sample === undefined ? null : { title: sample.try.title, items: sample.try.items },
    };
  });
}

function takenBy(scorer: Scorer): EndpointCard["deployments"][number]["takes"] {
  if (scorer.kind === "image") {
    return { kind: "image", columns: [], size: { width: scorer.width, height: scorer.height } };
  }
  if (scorer.kind === "script") return { kind: "file", columns: [], size: null };
  if (scorer.kind === "text") {
    return { kind: "text", columns: scorer.column === null ? [] : [scorer.column], size: null };
  }
  const columns = scorer.inputs.flatMap((input) => input.columns ?? []);
  return { kind: "tabular", columns: [...new Set(columns)], size: null };
}
