import { failure, type Result } from "../contract/problem.ts";
import type { EndpointRecord } from "../registry/endpoints.repository.ts";
import type { Registry } from "../registry/open-registry.ts";

/** What `endpoint create` was given: a file, or flags. */
export type EndpointRequest =
  | { readonly file: string }
  | { readonly name: string; readonly description?: string; readonly tags?: Readonly<Record<string, string>> };

export async function createEndpoint(_registry: Registry, _request: EndpointRequest): Promise<Result<EndpointRecord>> {
  return failure("endpoint/invalid", "");
}
export function showEndpoint(_registry: Registry, _name: string): Result<EndpointRecord> {
  return failure("endpoint/invalid", "");
}
/** `set`: keys as on the command line: defaults.deployment_name, description, tags.<name>. */
export function updateEndpoint(
  _registry: Registry,
  _name: string,
  _set: Readonly<Record<string, string>>,
): Result<EndpointRecord> {
  return failure("endpoint/invalid", "");
}
export function deleteEndpoint(_registry: Registry, _name: string): Result<{ readonly deployments: number }> {
  return failure("endpoint/invalid", "");
}
/** For `--json`: Azure's words. */
export function endpointView(endpoint: EndpointRecord): Readonly<Record<string, unknown>> {
  return endpoint;
}
