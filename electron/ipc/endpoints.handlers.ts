import type { EndpointCard } from "../contract/channels.ts";
import { success } from "../contract/problem.ts";
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
  return workspace.endpoints.facts().map((facts) => {
    const sample = samples.find(({ name }) => name === facts.name);
    return { ...facts, sample: sample === undefined ? null : { title: sample.try.title, items: sample.try.items } };
  });
}
