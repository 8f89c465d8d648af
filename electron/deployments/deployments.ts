import { failure, type Result } from "../contract/problem.ts";
import type { DeploymentRecord } from "../registry/deployments.repository.ts";
import type { ModelRecord } from "../registry/models.repository.ts";
import type { Registry } from "../registry/open-registry.ts";
import type { DeploymentTools } from "./types.ts";

export type DeploymentRequest = {
  /** Path of the YAML. */
  readonly file: string;
  /** `-e`; null: the YAML's endpoint_name. */
  readonly endpointName: string | null;
  readonly setDefault: boolean;
};
/** `notices`: sentences the user should read, such as a compute that was made. */
export type SavedDeployment = {
  readonly deployment: DeploymentRecord;
  readonly model: ModelRecord;
  readonly notices: readonly string[];
};

export async function createDeployment(_tools: DeploymentTools, _request: DeploymentRequest): Promise<Result<SavedDeployment>> {
  return failure("deployment/invalid", "");
}
/** As createDeployment, but the deployment must exist. */
export async function updateDeployment(_tools: DeploymentTools, _request: DeploymentRequest): Promise<Result<SavedDeployment>> {
  return failure("deployment/invalid", "");
}
export function listDeployments(_registry: Registry, _endpointName: string): Result<readonly DeploymentRecord[]> {
  return failure("deployment/invalid", "");
}
export function showDeployment(_registry: Registry, _endpointName: string, _name: string): Result<DeploymentRecord> {
  return failure("deployment/invalid", "");
}
export function deleteDeployment(_registry: Registry, _endpointName: string, _name: string): Result<null> {
  return failure("deployment/invalid", "");
}
/** YAML text. */
export function exportDeployment(_registry: Registry, _endpointName: string, _name: string): Result<string> {
  return failure("deployment/invalid", "");
}
/** What an invocation runs: the named deployment, or the endpoint's default (null). */
export function resolveDeployment(
  _registry: Registry,
  _endpointName: string,
  _deploymentName: string | null,
): Result<DeploymentRecord> {
  return failure("deployment/invalid", "");
}
export function deploymentView(deployment: DeploymentRecord): Readonly<Record<string, unknown>> {
  return deployment;
}
