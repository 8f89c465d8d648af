import type { AzureDeployment, AzurePlace, AzureWorkspace, Seen } from "../../contract/views/azure.ts";
import type { NodePrice } from "../../contract/nouns/azure/azure-estimate.ts";
import type { AzureDifference } from "../../contract/views/azure-write.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { showEndpoint } from "../../deployments/endpoints.ts";
import type {
  AzureChanges as RemoteChanges,
  AzureClient,
  AzureResources,
  NamedWorkspace,
} from "../../remote/azureml/azure-client.ts";
import type { AzureWhere } from "../../remote/runs/plan-job.ts";
import type { AzureSession } from "../../remote/identity/session.ts";
import type { Waiting } from "../../remote/azureml/writes/operations.ts";
import type { EndpointPlan, Scratch } from "../../remote/azureml/writes/plan.ts";
import type { Published } from "../../remote/azureml/writes/publish.ts";
import type { ChosenWorkspace } from "../../registry/azure/azure.repository.ts";
import { placeOfAddress, readWorkspaceFile } from "../../remote/azureml/workspace-file.ts";
import type { WorkspaceContext } from "../context.ts";
import { planOf, type PublishSource, withScratch } from "./publishing.ts";

export type { AzureWhere } from "../../remote/runs/plan-job.ts";
export type { AssetNoun, AzureResources, NamedWorkspace } from "../../remote/azureml/azure-client.ts";
export type { PublishSource } from "./publishing.ts";
export type { Waiting } from "../../remote/azureml/writes/operations.ts";

/**
 * Azure ML workspaces and what they hold, as the active account sees them. Problems of what asks Azure: azure/sign-in-needed,
 * azure/sign-in-failed, azure/invalid-cloud, azure/unreachable, azure/host-refused, azure/forbidden, azure/refused,
 * azure/unexpected-answer. While Azure cannot be reached, answers are as they were last seen.
 */
export type Azure = {
  /** Of one subscription, by its id or name; null: of all. Problem: azure/subscription-not-found. */
  readonly list: (subscription: string | null) => Promise<Result<Seen<readonly AzureWorkspace[]>>>;
  /** `named` null: the chosen one. Problems: azure/no-workspace, azure/workspace-not-found, azure/workspace-ambiguous. */
  readonly show: (named: NamedWorkspace | null) => Promise<Result<Seen<AzureWorkspace>>>;
  /** Chooses the workspace of that name for `open(null)`, once it was seen to be there. Problems as `show`. */
  readonly use: (named: NamedWorkspace) => Promise<Result<AzureWorkspace>>;
  /** The one that was chosen, in whichever cloud; null: none is. Asks nobody. */
  readonly chosen: () => ChosenWorkspace | null;
  /** Chooses none, and forgets what Azure answered; returns the one that was chosen. Asks nobody. */
  readonly forget: () => ChosenWorkspace | null;
  /**
   * What a node of a cluster of the chosen workspace costs an hour, as its user says; null: it is not known any more. Asks nobody.
   * Problem: azure/no-workspace.
   */
  readonly setPrice: (compute: string, price: NodePrice | null) => Result<null>;
  /** What a `config.json` of Azure ML studio names. Problem: usage/invalid. */
  readonly readFile: (file: string) => Promise<Result<NamedWorkspace>>;
  /** What the address of a page of Azure ML studio names. Problem: usage/invalid. */
  readonly readAddress: (address: string) => Result<NamedWorkspace>;
  /** `work` with what a workspace holds; `named` null: the chosen one. Problems as `show`, and those of `work`. */
  readonly within: <Value>(
    named: NamedWorkspace | null,
    work: (resources: AzureResources, changes: AzureChanges, at: AzureWhere) => Promise<Result<Value>>,
  ) => Promise<Result<Value>>;
  /** What Azure would do otherwise with it than this computer. Asks nobody. Problems: those of reading the deployment. */
  readonly differences: (source: PublishSource) => Promise<Result<readonly AzureDifference[]>>;
  /** `publishSource` in that workspace. Problems as `show`, and those of `publishSource`. */
  readonly publish: (
    named: NamedWorkspace | null,
    source: PublishSource,
    how: PublishOptions,
  ) => Promise<Result<PublishedDeployment>>;
};

/** What can be changed in a workspace, also with what this computer's workspace holds. */
export type AzureChanges = RemoteChanges & {
  /**
   * Makes a deployment in Azure of one of this workspace, or of a file, with what it consists of, and replaces one of that
   * name. The endpoint of a deployment of this workspace is made when it is not there. Problems: those of reading the
   * deployment, of sending files and of making it: azure/operation-failed, azure/operation-unfinished, …
   */
  readonly publishSource: (source: PublishSource, how: PublishOptions) => Promise<Result<PublishedDeployment>>;
};

export type PublishOptions = {
  readonly setDefault: boolean;
  /** It has to be there already. */
  readonly mustExist: boolean;
  /** Told what Azure will do otherwise, when nothing was found wrong, before anything is sent; false: then nothing is. */
  readonly agree: (differences: readonly AzureDifference[]) => boolean;
  readonly waiting: Waiting;
};

export type PublishedDeployment = Published & { readonly deployment: AzureDeployment };

export function createAzure(context: WorkspaceContext): Azure {
  const { registry, home, processHost: host } = context;
  const { accounts, environment, systemProxy } = context.azure;
  const kept = registry.azure;

  /** Microsoft's libraries are loaded by the first question, and connections end with the last answer. */
  async function withClient<Value>(
    work: (client: AzureClient, session: AzureSession) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    const { openAzureClient, openSession } = await import("../../remote/azure.ts");
    const session = openSession(accounts, { environment, systemProxy });
    if (!session.ok) return session;
    try {
      return await work(openAzureClient(session.value, kept), session.value);
    } finally {
      session.value.close();
    }
  }

  /** Where it is that is meant. */
  async function placeOf(named: NamedWorkspace | null, client: AzureClient): Promise<Result<AzurePlace>> {
    if (named !== null) return client.workspaces.find(named);
    const chosen = kept.chosen();
    if (chosen === null) return failure("azure/no-workspace");
    const { cloud, ...place } = chosen;
    if (cloud === client.cloud) return success(place);
    return failure("azure/no-workspace:other-cloud", { workspace: place.workspace, cloud, active: client.cloud });
  }

  /** What an endpoint of this workspace says of itself. */
  function ownEndpoint(name: string): EndpointPlan | null {
    const found = showEndpoint(registry, name);
    if (!found.ok) return null;
    const { description, tags, properties } = found.value;
    return { name: found.value.name, description, tags, properties };
  }

  async function publishSource(
    resources: AzureResources,
    changes: RemoteChanges,
    scratch: Scratch,
    source: PublishSource,
    { setDefault, mustExist, agree, waiting }: PublishOptions,
  ): Promise<Result<PublishedDeployment>> {
    const planned = await planOf(context, scratch, source);
    if (!planned.ok) return planned;
    const { plan, differences } = planned.value;
    const endpoint = "file" in source ? null : ownEndpoint(plan.endpoint);
    const published = await changes.publish(
      { plan, setDefault, endpoint, mustExist, agree: () => agree(differences) },
      waiting,
    );
    if (!published.ok) return published;
    const shown = await resources.deployments(plan.endpoint).show(plan.name);
    return shown.ok ? success({ ...published.value, deployment: shown.value.view }) : shown;
  }

  function within<Value>(
    named: NamedWorkspace | null,
    work: (resources: AzureResources, changes: AzureChanges, at: AzureWhere) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    return withClient(async (client, session) => {
      const place = await placeOf(named, client);
      if (!place.ok) return place;
      const { filesReader } = await import("../../remote/azure.ts");
      return withScratch(home, (scratch) => {
        const resources = client.resourcesIn(place.value);
        const changes = client.changesIn(place.value, filesReader({ ...session, host }, scratch));
        const all: AzureChanges = {
          ...changes,
          publishSource: (source, how) => publishSource(resources, changes, scratch, source, how),
        };
        const { accountId, username, cloud } = session;
        return work(resources, all, { accountId, username, cloud: cloud.name, place: place.value });
      });
    });
  }

  return {
    list: (subscription) => withClient(({ workspaces }) => workspaces.list(subscription)),
    show: (named) =>
      withClient(async (client) => {
        const place = await placeOf(named, client);
        return place.ok ? client.workspaces.show(place.value) : place;
      }),
    use: (named) =>
      withClient(async ({ workspaces, cloud }) => {
        const place = await workspaces.find(named);
        const seen = place.ok ? await workspaces.show(place.value) : place;
        if (!seen.ok) return seen;
        const { name, subscription, resource_group } = seen.value.view;
        kept.choose({ cloud, subscription, resource_group, workspace: name });
        return success(seen.value.view);
      }),
    chosen: kept.chosen,
    forget() {
      const chosen = kept.chosen();
      kept.forget();
      return chosen;
    },
    setPrice(compute, price) {
      const chosen = kept.chosen();
      if (chosen === null) return failure("azure/no-workspace");
      const { cloud, ...place } = chosen;
      registry.azureHistory.setPrice({ cloud, place }, compute, price);
      return success(null);
    },
    readFile: readWorkspaceFile,
    readAddress: placeOfAddress,
    within,
    differences: (source) =>
      withScratch(home, async (scratch) => {
        const planned = await planOf(context, scratch, source);
        return planned.ok ? success(planned.value.differences) : planned;
      }),
    publish: (named, source, how) => within(named, (_resources, changes) => changes.publishSource(source, how)),
  };
}
