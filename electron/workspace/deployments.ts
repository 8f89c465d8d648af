import type { DeploymentView } from "../contract/nouns/deployment.ts";
import type { WhatRuns } from "../contract/views/what-runs.ts";
import { type Result, success } from "../contract/problem.ts";
import {
  createDeployment,
  deleteDeployment,
  type DeploymentRequest,
  deploymentView,
  exportDeployment,
  listDeployments,
  type SavedDeployment as SavedRecord,
  showDeployment,
  updateDeployment,
} from "../deployments/deployments.ts";
import { type ExportedDeployment, exportForAzure } from "../deployments/export-for-azure.ts";
import { changeDeployment } from "../deployments/change-deployment.ts";
import { type ShownScript, showScript } from "../deployments/scripts/show-script.ts";
import { nothingToTrust, trustDeployment, whatRuns } from "../deployments/scripts/trust.ts";
import type { WorkspaceContext } from "./context.ts";

export { yamlText } from "../deployments/yaml/yaml-text.ts";

export type SavedDeployment = {
  readonly deployment: DeploymentView;
  /** The script that it runs, trusted or not; null: it runs none. */
  readonly runs: WhatRuns | null;
  /** False when one of that name was overwritten. */
  readonly isNew: boolean;
  /** Sentences that the user should read, such as a compute that was made. */
  readonly notices: readonly string[];
};

/** All but `create` and `update` have the problems endpoint/not-found and deployment/not-found. */
export type Deployments = {
  /** Of one endpoint, by name. */
  readonly list: (endpointName: string) => Result<readonly DeploymentView[]>;
  readonly show: (endpointName: string, name: string) => Result<DeploymentView>;
  /** From its YAML; overwrites the one of that name. Problems as `createDeployment` of deployments/. */
  readonly create: (request: DeploymentRequest) => Promise<Result<SavedDeployment>>;
  /** The same for one that must exist. */
  readonly update: (request: DeploymentRequest) => Promise<Result<SavedDeployment>>;
  /** Without its file: `set` as `--set` takes it. `notices`: sentences for the user. Problem: usage/invalid. */
  readonly change: (
    endpointName: string,
    name: string,
    set: Readonly<Record<string, string>>,
  ) => Result<{ readonly deployment: DeploymentView; readonly notices: readonly string[] }>;
  /** `wasDefault`: its endpoint has no default now. */
  readonly delete: (endpointName: string, name: string) => Promise<Result<{ readonly wasDefault: boolean }>>;
  /** As YAML that Azure ML accepts. */
  readonly export: (endpointName: string, name: string) => Result<string>;
  /** As a folder from which `az ml` makes it. Problems as `exportForAzure` of deployments/. */
  readonly exportForAzure: (endpointName: string, name: string, folder: string) => Promise<Result<ExportedDeployment>>;
  /** The script that it runs with its text, for a person to look at before they trust it; null: it runs none. */
  readonly showScript: (endpointName: string, name: string) => Promise<Result<ShownScript | null>>;
  /** `hash` is that of what was shown: nothing else is trusted. Problems: usage/invalid, script/not-trusted. */
  readonly trust: (endpointName: string, name: string, hash: string) => Result<null>;
  /** Trusts what it runs at this moment, and tells what that is. Problem: usage/invalid when it runs no script. */
  readonly trustAsItIs: (endpointName: string, name: string) => Promise<Result<WhatRuns>>;
};

export function createDeployments(context: WorkspaceContext): Deployments {
  const { registry, changed } = context;

  function saved(made: Result<SavedRecord>): Result<SavedDeployment> {
    if (!made.ok) return made;
    changed();
    const { deployment, runs, isNew, notices } = made.value;
    return success({ deployment: deploymentView(deployment), runs, isNew, notices });
  }

  function trust(endpointName: string, name: string, hash: string): Result<null> {
    const trusted = trustDeployment(registry, endpointName, name, hash);
    if (!trusted.ok) return trusted;
    changed();
    return success(null);
  }

  return {
    list(endpointName) {
      const found = listDeployments(registry, endpointName);
      return found.ok ? success(found.value.map(deploymentView)) : found;
    },
    show(endpointName, name) {
      const found = showDeployment(registry, endpointName, name);
      return found.ok ? success(deploymentView(found.value)) : found;
    },
    create: async (request) => saved(await createDeployment(context, request)),
    update: async (request) => saved(await updateDeployment(context, request)),
    change(endpointName, name, set) {
      const made = changeDeployment(registry, endpointName, name, set);
      if (!made.ok) return made;
      changed();
      return success({ ...made.value, deployment: deploymentView(made.value.deployment) });
    },
    async delete(endpointName, name) {
      const deleted = await deleteDeployment(context, endpointName, name);
      if (deleted.ok) changed();
      return deleted;
    },
    export: (endpointName, name) => exportDeployment(registry, endpointName, name),
    exportForAzure: (endpointName, name, folder) => exportForAzure(context, endpointName, name, folder),
    async showScript(endpointName, name) {
      const deployment = showDeployment(registry, endpointName, name);
      return deployment.ok ? showScript(context, deployment.value) : deployment;
    },
    trust,
    async trustAsItIs(endpointName, name) {
      const deployment = showDeployment(registry, endpointName, name);
      if (!deployment.ok) return deployment;
      const runs = await whatRuns(context, deployment.value);
      if (runs === null) return nothingToTrust(name);
      const trusted = trust(endpointName, name, runs.hash);
      return trusted.ok ? success(runs) : trusted;
    },
  };
}
