import { failure, problemOf, type Result, success } from "../../../contract/problem.ts";
import type { AzurePlace } from "../../../contract/views/azure.ts";
import { addressesBelow, addressIn, isPathName } from "../addresses.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { LastSeen } from "../last-seen.ts";
import type { AzureResources } from "../workspace-resources.ts";
import { type AzureWorkspaces, noWorkspace } from "../workspaces.ts";
import {
  deploymentBody,
  endpointBody,
  type EndpointChange,
  keptDeploymentSchema,
  keptEndpointSchema,
  partsOf,
} from "./bodies.ts";
import type { Waiting } from "./operations.ts";
import type { DeploymentPlan, ReadFiles } from "./plan.ts";
import {
  changeEndpoint,
  clusterId,
  deploymentTarget,
  endpointTarget,
  type Publication,
  publish,
  type Published,
} from "./publish.ts";
import { type AssetRegistrar, createAssetRegistrar } from "./register-assets.ts";
import { createRegistrar } from "./register-once.ts";
import { createResourceWriter } from "./resource-writer.ts";

/** What a deployment that is there is to say from now on; the model, the code and the environment stay. */
export type DeploymentChange = Pick<
  DeploymentPlan,
  "description" | "tags" | "properties" | "settings" | "instanceType" | "compute"
>;

/**
 * Changes of one Azure ML workspace. Each is followed to its end, unless nobody wants to wait for it. Problems of each: those
 * of the control plane, azure/operation-failed, azure/operation-unfinished, and that what was named is not there.
 */
export type AzureChanges = AssetRegistrar & {
  /** Makes an endpoint, or replaces what one says of itself; its default stays unless the change names another. */
  readonly createEndpoint: (
    name: string,
    change: EndpointChange,
    waiting: Waiting,
  ) => Promise<Result<{ readonly isNew: boolean }>>;
  /** Problems: endpoint/not-found, deployment/not-found (the default). */
  readonly updateEndpoint: (name: string, change: EndpointChange, waiting: Waiting) => Promise<Result<null>>;
  /** With all its deployments; jobs stay. Problem: endpoint/not-found. */
  readonly deleteEndpoint: (name: string, waiting: Waiting) => Promise<Result<null>>;
  readonly publish: (publication: Publication, waiting: Waiting) => Promise<Result<Published>>;
  /** Only what it says of itself: its description and all its tags. */
  readonly describeDeployment: (
    endpoint: string,
    name: string,
    words: Pick<DeploymentPlan, "description" | "tags">,
    waiting: Waiting,
  ) => Promise<Result<null>>;
  readonly updateDeployment: (
    endpoint: string,
    name: string,
    change: DeploymentChange,
    waiting: Waiting,
  ) => Promise<Result<null>>;
  readonly deleteDeployment: (endpoint: string, name: string, waiting: Waiting) => Promise<Result<null>>;
  /** Asks for the end of a job; it comes later. Problem: job/not-found. */
  readonly cancelJob: (name: string, signal: AbortSignal) => Promise<Result<null>>;
};

/** What a workspace holds, and what can be changed of it. */
export function changesIn(
  place: AzurePlace,
  {
    controlPlane,
    lastSeen,
    workspaces,
    resources,
    readFiles,
  }: {
    readonly controlPlane: ControlPlane;
    readonly lastSeen: LastSeen;
    readonly workspaces: Pick<AzureWorkspaces, "show">;
    readonly resources: AzureResources;
    readonly readFiles: ReadFiles;
  },
): AzureChanges {
  const { workspace } = place;
  const writer = createResourceWriter(place, controlPlane, lastSeen);
  const registerOnce = createRegistrar(place, controlPlane, lastSeen);
  const assets = createAssetRegistrar({ place, resources, readFiles, registerOnce });
  const tools = { place, resources, workspaces, assets, writer };

  /** The default of an endpoint must be one of its deployments. */
  async function checkDefault(
    endpoint: string,
    { defaultDeployment = null }: EndpointChange,
  ): Promise<Result<unknown>> {
    return defaultDeployment === null ? success(null) : resources.deployments(endpoint).show(defaultDeployment);
  }

  return {
    ...assets,
    async createEndpoint(name, change, waiting) {
      const there = await workspaces.show(place);
      if (!there.ok) return there;
      const target = endpointTarget(place, name, "create");
      const kept = await writer.read(target.path, keptEndpointSchema);
      if (!kept.ok) return kept;
      const known = await checkDefault(name, change);
      if (!known.ok) return known;
      const made = await writer.put(target, endpointBody(kept.value, there.value.view.location, change), waiting);
      return made.ok ? success({ isNew: kept.value === null }) : made;
    },
    async updateEndpoint(name, change, waiting) {
      const known = await checkDefault(name, change);
      return known.ok ? changeEndpoint(tools, name, change, waiting) : known;
    },
    deleteEndpoint: (name, waiting) => writer.remove(endpointTarget(place, name, "delete"), waiting),
    publish: (publication, waiting) => publish(tools, publication, waiting),
    describeDeployment(endpoint, name, { description, tags }, waiting) {
      const target = deploymentTarget(place, endpoint, name, "update");
      return writer.patch(target, { properties: { description }, tags }, waiting);
    },
    async updateDeployment(endpoint, name, change, waiting) {
      const target = deploymentTarget(place, endpoint, name, "update");
      const kept = await writer.read(target.path, keptDeploymentSchema);
      if (!kept.ok) return kept;
      if (kept.value === null) return failure("deployment/not-found:azure", { name, endpoint, workspace });
      const computeId = await clusterId(tools, change.compute);
      if (!computeId.ok) return computeId;
      const body = deploymentBody(kept.value, kept.value.location, change, partsOf(kept.value, computeId.value));
      return writer.put(target, body, waiting);
    },
    deleteDeployment: (endpoint, name, waiting) =>
      writer.remove(deploymentTarget(place, endpoint, name, "delete"), waiting),
    async cancelJob(name, signal) {
      const thing = problemOf("job/not-found:azure", { name, workspace });
      if (!isPathName(name)) return { ok: false, problem: thing };
      const missing = { thing, place: noWorkspace(workspace).place };
      const asked = await controlPlane.post({
        address: addressIn(place, ["jobs", name, "cancel"]),
        missing,
        signal,
        mayRepeat: true,
      });
      lastSeen.forget(addressesBelow(place, "jobs"));
      return asked.ok ? success(null) : asked;
    },
  };
}
