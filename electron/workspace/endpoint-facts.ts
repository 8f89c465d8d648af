import type { EndpointCard } from "../contract/channels.ts";
import type { Scorer } from "../contract/nouns/scorer.ts";
import { isScriptDeployment, isTrusted } from "../deployments/scripts/trust.ts";
import type { Registry } from "../registry/open-registry.ts";

/** A card of the window's first screen, but for the sample, of which only the program knows that was installed. */
export type EndpointFacts = Omit<EndpointCard, "sample">;

/** Every endpoint with its deployments, by name. */
export function endpointFacts(registry: Registry): readonly EndpointFacts[] {
  return registry.endpoints.list().map((endpoint) => ({
    name: endpoint.name,
    description: endpoint.description,
    default_deployment: endpoint.defaultDeployment,
    deployments: registry.deployments.list(endpoint.name).map((deployment) => ({
      name: deployment.name,
      takes: takenBy(deployment.scorer),
      model: `${deployment.modelName}:${deployment.modelVersion}`,
      output_file_name: deployment.settings.output_file_name,
      error_threshold: deployment.settings.error_threshold,
      trusted: isScriptDeployment(deployment) ? isTrusted(deployment) : null,
    })),
    last_used_at: registry.jobs.lastCreatedAt(endpoint.name),
  }));
}

function takenBy(scorer: Scorer): EndpointFacts["deployments"][number]["takes"] {
  if (scorer.kind === "image") {
    return { kind: "image", columns: [], size: { width: scorer.width, height: scorer.height } };
  }
  if (scorer.kind === "script") return { kind: "file", columns: [], size: null };
  if (scorer.kind === "text") {
    return { kind: "text", columns: scorer.column === null ? [] : [scorer.column], size: null };
  }
  if (scorer.kind === "tensor" || scorer.kind === "audio") return { kind: scorer.kind, columns: [], size: null };
  const columns = scorer.inputs.flatMap((input) => input.columns ?? []);
  return { kind: "tabular", columns: [...new Set(columns)], size: null };
}
