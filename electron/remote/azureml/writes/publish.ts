import { failure, type Problem, problemOf, type Result, success } from "../../../contract/problem.ts";
import type { AzurePlace } from "../../../contract/views/azure.ts";
import type { AzureWrite } from "../../../contract/views/azure-write.ts";
import { nameList } from "../../../contract/words/name-list.ts";
import { idIn, readId } from "../addresses.ts";
import { type AssetNoun, assetNouns } from "../nouns/assets.ts";
import { isCluster } from "../nouns/computes.ts";
import type { AzureResources } from "../workspace-resources.ts";
import type { AzureWorkspaces } from "../workspaces.ts";
import {
  deploymentBody,
  type DeploymentParts,
  endpointBody,
  keptDeploymentSchema,
  keptEndpointSchema,
} from "./bodies.ts";
import type { Waiting } from "./operations.ts";
import type { DeploymentPlan, EndpointPlan } from "./plan.ts";
import type { AssetRegistrar } from "./register-assets.ts";
import type { ResourceWriter, Target } from "./resource-writer.ts";

/** What is to become of a plan. */
export type Publication = {
  readonly plan: DeploymentPlan;
  /** Invocations of the endpoint that name no deployment go to it. */
  readonly setDefault: boolean;
  /** What the endpoint is made as when it is not there; null: then nothing is sent. */
  readonly endpoint: EndpointPlan | null;
  /** It must be there already. */
  readonly mustExist: boolean;
  /** Asked when nothing was found wrong, before anything is sent; false: then nothing is. */
  readonly agree: () => boolean;
};

export type Published = {
  /** False: one of that name was replaced. */
  readonly isNew: boolean;
  readonly isEndpointNew: boolean;
};

export type PublishTools = {
  readonly place: AzurePlace;
  readonly resources: Pick<AzureResources, "computes" | "assets">;
  readonly workspaces: Pick<AzureWorkspaces, "show">;
  readonly assets: AssetRegistrar;
  readonly writer: ResourceWriter;
};

/**
 * Makes a deployment in Azure, or replaces the one of that name. Everything that can be found wrong is looked for before the
 * first byte is sent; what was registered before something failed stays, and is found by the next try. Problems:
 * endpoint/not-found, deployment/not-found, compute/not-found, compute/invalid, model/…, environment/…, azure/cancelled (nobody agreed), and those of writes.
 */
export async function publish(
  tools: PublishTools,
  { plan, setDefault, endpoint, mustExist, agree }: Publication,
  waiting: Waiting,
): Promise<Result<Published>> {
  const { place, writer, workspaces } = tools;
  const { workspace } = place;
  const there = await workspaces.show(place);
  if (!there.ok) return there;
  const { location } = there.value.view;
  const target = deploymentTarget(place, plan.endpoint, plan.name, "create");
  const keptEndpoint = await writer.read(["batchEndpoints", plan.endpoint], keptEndpointSchema);
  if (!keptEndpoint.ok) return keptEndpoint;
  if (keptEndpoint.value === null && (endpoint === null || mustExist)) return { ok: false, problem: target.missing };
  const kept = await writer.read(target.path, keptDeploymentSchema);
  if (!kept.ok) return kept;
  if (kept.value === null && mustExist) {
    return failure("deployment/not-found:azure", { name: plan.name, endpoint: plan.endpoint, workspace });
  }
  const computeId = await clusterId(tools, plan.compute);
  if (!computeId.ok) return computeId;
  const known = await namedParts(tools, plan);
  if (!known.ok) return known;
  if (!agree()) return failure("azure/cancelled");
  const parts = await registered(tools, plan, known.value, waiting);
  if (!parts.ok) return parts;

  if (keptEndpoint.value === null && endpoint !== null) {
    const body = endpointBody(null, location, endpoint);
    const made = await writer.put(endpointTarget(place, endpoint.name, "create"), body, { ...waiting, isLeft: false });
    if (!made.ok) return made;
  }
  const body = deploymentBody(kept.value, location, plan, { ...parts.value, computeId: computeId.value });
  const change = kept.value === null ? "create" : "update";
  const put = await writer.put(deploymentTarget(place, plan.endpoint, plan.name, change), body, waiting);
  if (!put.ok) return put;
  const published = { isNew: kept.value === null, isEndpointNew: keptEndpoint.value === null };
  if (!setDefault) return success(published);
  const set = await changeEndpoint(tools, plan.endpoint, { defaultDeployment: plan.name }, waiting);
  return set.ok ? success(published) : set;
}

/** Replaces an endpoint by itself with changes: Azure has no smaller change of its default. Problem: endpoint/not-found. */
export async function changeEndpoint(
  { place, writer }: Pick<PublishTools, "place" | "writer">,
  name: string,
  change: Parameters<typeof endpointBody>[2],
  waiting: Waiting,
): Promise<Result<null>> {
  const target = endpointTarget(place, name, "update");
  const kept = await writer.read(target.path, keptEndpointSchema);
  if (!kept.ok) return kept;
  if (kept.value === null) return { ok: false, problem: noEndpoint(place, name) };
  return writer.put(target, endpointBody(kept.value, kept.value.location, change), waiting);
}

export function endpointTarget(place: AzurePlace, name: string, change: AzureWrite["change"]): Target {
  return {
    path: ["batchEndpoints", name],
    write: { noun: "endpoint", name, endpoint: null, change },
    missing: noEndpoint(place, name),
  };
}

export function deploymentTarget(
  place: AzurePlace,
  endpoint: string,
  name: string,
  change: AzureWrite["change"],
): Target {
  return {
    path: ["batchEndpoints", endpoint, "deployments", name],
    write: { noun: "deployment", name, endpoint, change },
    missing: noEndpoint(place, endpoint),
  };
}

export function noEndpoint({ workspace }: AzurePlace, name: string): Problem {
  return problemOf("endpoint/not-found:azure", { name, workspace });
}

/** Of a compute that jobs can run on. Problems: compute/not-found and compute/invalid, with the ones that there are. */
export async function clusterId(
  { place, resources: { computes } }: Pick<PublishTools, "place" | "resources">,
  name: string,
): Promise<Result<string>> {
  const found = await computes.show(name);
  if (found.ok && isCluster(found.value.view)) return success(found.value.view.id);
  if (!found.ok && found.problem.code !== "compute/not-found") return found;
  const listed = await computes.list(null);
  if (!listed.ok) return listed;
  const known = nameList(listed.value.view.filter(isCluster).map((compute) => compute.name));
  const { workspace } = place;
  if (found.ok) return failure("compute/invalid:azure-type", { name, type: found.value.view.type, workspace, known });
  return failure("compute/not-found:azure-cluster", { name, workspace, known });
}

type NamedParts = {
  readonly modelId: string | null;
  readonly codeId: string | null;
  readonly environmentId: string | null;
};

/** Azure's ids of what the plan names; null: it is to be registered, or there is none. */
async function namedParts(
  tools: PublishTools,
  { model, code, environment }: DeploymentPlan,
): Promise<Result<NamedParts>> {
  const modelId = model.kind === "named" ? await idOf(tools, "model", model.reference) : success(null);
  if (!modelId.ok) return modelId;
  const environmentId =
    environment?.kind === "named" ? await idOf(tools, "environment", environment.reference) : success(null);
  if (!environmentId.ok) return environmentId;
  const codeId = code?.kind === "named" ? codeIdOf(tools.place, code.reference) : null;
  return success({ modelId: modelId.value, codeId, environmentId: environmentId.value });
}

/** Problem: that it is not there. */
async function idOf(
  { resources, place }: PublishTools,
  noun: Extract<AssetNoun, "model" | "environment">,
  reference: string,
): Promise<Result<string>> {
  const bare = reference.replace(/^azureml:(?!\/\/)/, "");
  const own = readId(bare);
  // In a registry, or in another workspace: Azure looks there itself.
  if (own === null && /^(azureml:\/\/|\/)/.test(bare)) return success(bare);
  const [folder, named, , numbered] = own?.rest ?? [assetNouns[noun]];
  if (folder !== assetNouns[noun]) return success(bare);
  const [, name = bare, version = null] = /^([^:@]+)(?::(.+)|@latest)?$/.exec(bare) ?? [];
  const found = await resources.assets(noun).show(named ?? name, numbered ?? version);
  if (!found.ok) return found;
  const { view } = found.value;
  return success(idIn(place, [assetNouns[noun], view.name, "versions", view.version ?? "1"]));
}

function codeIdOf(place: AzurePlace, reference: string): string {
  const bare = reference.replace(/^azureml:(?!\/\/)/, "");
  const [, name, version] = /^([^:/]+):([^:/]+)$/.exec(bare) ?? [];
  return name === undefined || version === undefined ? bare : idIn(place, ["codes", name, "versions", version]);
}

/** Registers what the plan brings along. */
async function registered(
  { assets }: PublishTools,
  { model, code, environment }: DeploymentPlan,
  known: NamedParts,
  waiting: Waiting,
): Promise<Result<Omit<DeploymentParts, "computeId">>> {
  let { modelId, codeId, environmentId } = known;
  if (model.kind === "files") {
    const made = await assets.model(model, waiting);
    if (!made.ok) return made;
    modelId = made.value.id;
  }
  if (code?.kind === "files") {
    const made = await assets.code(code.files, waiting);
    if (!made.ok) return made;
    codeId = made.value.id;
  }
  if (environment?.kind === "definition") {
    const made = await assets.environment(environment, waiting);
    if (!made.ok) return made;
    environmentId = made.value.id;
  }
  return success({
    model: { referenceType: "Id", assetId: modelId },
    code: code === null || codeId === null ? null : { codeId, scoringScript: code.script },
    environmentId,
  });
}
