import type { EndpointView } from "../contract/views/endpoint.ts";
import { type Result, success } from "../contract/problem.ts";
import {
  createEndpoint,
  deleteEndpoint,
  type EndpointRequest,
  endpointView,
  showEndpoint,
  updateEndpoint,
} from "../deployments/endpoints.ts";
import type { WorkspaceContext } from "./context.ts";
import { type EndpointFacts, endpointFacts } from "./endpoint-facts.ts";

export type Endpoints = {
  /** By name. */
  readonly list: () => readonly EndpointView[];
  /** What the window's cards say of them, by name. */
  readonly facts: () => readonly EndpointFacts[];
  /** Problem: endpoint/not-found. */
  readonly show: (name: string) => Result<EndpointView>;
  /** Makes or overwrites; `notices` are sentences that the user should read. Problems: endpoint/invalid, deployment/not-found. */
  readonly create: (
    request: EndpointRequest,
  ) => Promise<
    Result<{ readonly endpoint: EndpointView; readonly isNew: boolean; readonly notices: readonly string[] }>
  >;
  /** `set`: what `--set` takes. Problems: endpoint/not-found, deployment/not-found, usage/invalid. */
  readonly update: (name: string, set: Readonly<Record<string, string>>) => Result<EndpointView>;
  /** Also its deployments; jobs and outputs stay. Problem: endpoint/not-found. */
  readonly delete: (name: string) => Promise<Result<{ readonly deployments: number }>>;
};

export function createEndpoints(context: WorkspaceContext): Endpoints {
  const { registry, changed } = context;
  return {
    list: () => registry.endpoints.list().map(endpointView),
    facts: () => endpointFacts(registry),
    show(name) {
      const found = showEndpoint(registry, name);
      return found.ok ? success(endpointView(found.value)) : found;
    },
    async create(request) {
      const made = await createEndpoint(registry, request);
      if (!made.ok) return made;
      changed();
      return success({ ...made.value, endpoint: endpointView(made.value.endpoint) });
    },
    update(name, set) {
      const updated = updateEndpoint(registry, name, set);
      if (!updated.ok) return updated;
      changed();
      return success(endpointView(updated.value));
    },
    async delete(name) {
      const deleted = await deleteEndpoint(context, name);
      if (deleted.ok) changed();
      return deleted;
    },
  };
}
