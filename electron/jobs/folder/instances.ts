import type { DeploymentSettings } from "../../contract/nouns/deployment.ts";

/** Worker processes that make one instance of a job. */
export function workersPerInstance(settings: DeploymentSettings): number {
  return settings.max_concurrency_per_instance ?? 1;
}

/** Instances that so many workers make. */
export function instancesOf(workers: number, perInstance: number): number {
  return Math.ceil(workers / perInstance);
}
