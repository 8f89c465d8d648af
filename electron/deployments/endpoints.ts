import type { EndpointView } from "../contract/views/endpoint.ts";
import { azureNameSchema } from "../contract/names.ts";
import { failure, type Result, success } from "../contract/problem.ts";
import type { EndpointRecord } from "../registry/endpoints.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import { removeUnusedCode } from "./scripts/code-snapshot.ts";
import { readEndpointFile } from "./yaml/endpoint-file.ts";
import type { FileEdits } from "./yaml/file-edits.ts";
import type { DeploymentTools } from "./deployment-tools.ts";

/** What `endpoint create` was given: a file and what goes before it, or flags. */
export type EndpointRequest =
  | { readonly file: string | null; readonly edits?: FileEdits }
  | { readonly name: string; readonly description?: string; readonly tags?: Readonly<Record<string, string>> };

/** `isNew`: false when one of that name was overwritten. `notices`: sentences the user should read. */
export type SavedEndpoint = {
  readonly endpoint: EndpointRecord;
  readonly isNew: boolean;
  readonly notices: readonly string[];
};

const maxEndpoints = 100;

/**
 * Makes an endpoint, or overwrites its description, tags and properties; its deployments stay, and so does its default
 * unless the file names another. Problems: endpoint/invalid, deployment/not-found (the file's default).
 */
export async function createEndpoint(registry: Registry, request: EndpointRequest): Promise<Result<SavedEndpoint>> {
  const endpoint = "file" in request ? await readEndpointFile(request.file, request.edits) : endpointFromFlags(request);
  if (!endpoint.ok) return endpoint;
  return registry.transaction(() => {
    const { name, defaultDeployment } = endpoint.value;
    const existing = registry.endpoints.find(name);
    if (defaultDeployment !== null && registry.deployments.find(name, defaultDeployment) === null) {
      const names = { endpoint: name, deployment: defaultDeployment };
      return failure("deployment/not-found:default-of-file", names);
    }
    const keptDefault = defaultDeployment ?? existing?.defaultDeployment ?? null;
    const saved = registry.endpoints.save({ ...endpoint.value, defaultDeployment: keptDefault });
    const count = registry.endpoints.list().length;
    // Azure's limit is its own: here it is only said, to whoever goes past it.
    const isPastLimit = existing === null && count > maxEndpoints;
    const notices = isPastLimit ? [`There are ${count} endpoints; Azure ML allows ${maxEndpoints}.`] : [];
    return success({ endpoint: saved, isNew: existing === null, notices });
  });
}

function endpointFromFlags(request: Extract<EndpointRequest, { readonly name: string }>) {
  const { name, description = "", tags = {} } = request;
  if (!azureNameSchema.safeParse(name).success) {
    return failure("endpoint/invalid:name", { name });
  }
  return success({
    name,
    description,
    tags,
    properties: {},
    authMode: "aad_token",
    defaultDeployment: null,
    source: {},
  });
}

/** Problem: endpoint/not-found. */
export function showEndpoint(registry: Registry, name: string): Result<EndpointRecord> {
  const endpoint = registry.endpoints.find(name);
  if (endpoint !== null) return success(endpoint);
  return failure("endpoint/not-found", { endpoint: name });
}

/**
 * `set`: the keys of `endpoint update --set`: defaults.deployment_name (empty: none), description, tags.NAME.
 * Problems: endpoint/not-found, deployment/not-found, usage/invalid.
 */
export function updateEndpoint(
  registry: Registry,
  name: string,
  set: Readonly<Record<string, string>>,
): Result<EndpointRecord> {
  return registry.transaction(() => {
    const found = showEndpoint(registry, name);
    if (!found.ok) return found;
    let endpoint = found.value;
    for (const [key, value] of Object.entries(set)) {
      if (key === "defaults.deployment_name") {
        const deployment = value === "" ? null : registry.deployments.find(endpoint.name, value);
        if (value !== "" && deployment === null) {
          return failure("deployment/not-found:default", { endpoint: endpoint.name, deployment: value });
        }
        endpoint = { ...endpoint, defaultDeployment: deployment?.name ?? null };
      } else if (key === "description") {
        endpoint = { ...endpoint, description: value };
      } else if (tagOf(key) !== null) {
        endpoint = { ...endpoint, tags: { ...endpoint.tags, [tagOf(key) ?? ""]: value } };
      } else {
        return failure("usage/invalid:endpoint-key", { key });
      }
    }
    return success(registry.endpoints.save(endpoint));
  });
}

/** The tag that a `--set` key names (`tags.team` → `team`), null when it names something else. */
export function tagOf(key: string): string | null {
  return /^tags\../.test(key) ? key.slice("tags.".length) : null;
}

/** Removes an endpoint and its deployments; its jobs and their files stay. Problem: endpoint/not-found. */
export async function deleteEndpoint(
  tools: DeploymentTools,
  name: string,
): Promise<Result<{ readonly deployments: number }>> {
  const { registry } = tools;
  const deleted = registry.transaction((): Result<{ readonly deployments: number }> => {
    const found = showEndpoint(registry, name);
    if (!found.ok) return found;
    const deployments = registry.deployments.list(name).length;
    registry.endpoints.remove(name);
    return success({ deployments });
  });
  if (deleted.ok) await removeUnusedCode(registry, tools.codeFolder);
  return deleted;
}

/** What `endpoint list` and `endpoint show` print, in Azure's words. */
export function endpointView(endpoint: EndpointRecord): EndpointView {
  return {
    name: endpoint.name,
    description: endpoint.description,
    tags: endpoint.tags,
    properties: endpoint.properties,
    auth_mode: endpoint.authMode,
    defaults: endpoint.defaultDeployment === null ? {} : { deployment_name: endpoint.defaultDeployment },
    created_at: endpoint.createdAt,
    updated_at: endpoint.updatedAt,
  };
}
