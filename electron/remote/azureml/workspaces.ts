import * as z from "zod";
import {
  type AzurePlace,
  type AzureSubscription,
  azureSubscriptionSchema,
  type AzureWorkspace,
  azureWorkspaceSchema,
  type Seen,
} from "../../contract/views/azure.ts";
import { failure, type Problem, problemOf, type Result, success } from "../../contract/problem.ts";
import { nameList } from "../../contract/words/name-list.ts";
import { addressIn, addressOf, apiVersions, isPathName, provider } from "./addresses.ts";
import type { ControlPlane } from "./control-plane.ts";
import { inTurns } from "./in-turns.ts";
import type { LastSeen } from "./last-seen.ts";
import { subscription, workspace } from "./nouns/workspaces.ts";

/** A workspace as somebody names it; null: not said. */
export type NamedWorkspace = {
  readonly workspace: string;
  readonly resourceGroup: string | null;
  /** Its id or its name. */
  readonly subscription: string | null;
};

/** The workspaces that an account may see. Problems of each: those of the control plane. */
export type AzureWorkspaces = {
  /** Of one subscription, by its id or name; null: of all of them. Problem: azure/subscription-not-found. */
  readonly list: (subscription: string | null) => Promise<Result<Seen<readonly AzureWorkspace[]>>>;
  /** One, and whether it is there. Problem: azure/workspace-not-found. */
  readonly show: (place: AzurePlace) => Promise<Result<Seen<AzureWorkspace>>>;
  /**
   * Where it is. Only what its name leaves open is asked. Problems: azure/workspace-not-found, azure/workspace-ambiguous,
   * usage/invalid.
   */
  readonly find: (named: NamedWorkspace) => Promise<Result<AzurePlace>>;
};

export function createAzureWorkspaces(controlPlane: ControlPlane, lastSeen: LastSeen): AzureWorkspaces {
  function subscriptions(): Promise<Result<Seen<readonly AzureSubscription[]>>> {
    const address = addressOf(["subscriptions"], apiVersions.subscriptions);
    const missing = noSubscription("");
    return lastSeen.list(address, z.array(azureSubscriptionSchema), null, () =>
      controlPlane.list({ address, schema: subscription, missing, most: null }),
    );
  }

  function workspacesOf({ id }: { readonly id: string }): Promise<Result<Seen<readonly AzureWorkspace[]>>> {
    const names = ["subscriptions", id, "providers", provider, "workspaces"];
    const address = addressOf(names, apiVersions.machineLearning);
    const missing = noSubscription(id);
    return lastSeen.list(address, z.array(azureWorkspaceSchema), null, () =>
      controlPlane.list({ address, schema: workspace, missing, most: null }),
    );
  }

  async function list(wanted: string | null): Promise<Result<Seen<readonly AzureWorkspace[]>>> {
    if (wanted !== null && isSubscriptionId(wanted)) return workspacesOf({ id: wanted });
    const known = await subscriptions();
    if (!known.ok) return known;
    const meant = wanted === null ? known.value.view : known.value.view.filter(({ name }) => isSameName(name, wanted));
    if (wanted !== null && meant.length === 0) return failure("azure/subscription-not-found", { subscription: wanted });
    return together(known.value, await inTurns(meant, workspacesOf));
  }

  return {
    list,
    show(place) {
      const address = addressIn(place, []);
      return lastSeen.one(address, azureWorkspaceSchema, () =>
        controlPlane.get(address, workspace, noWorkspace(place.workspace)),
      );
    },
    async find(named) {
      const wrong = wrongName(named);
      if (wrong !== null) return { ok: false, problem: wrong };
      const { workspace: name, resourceGroup, subscription: wanted } = named;
      if (resourceGroup !== null && wanted !== null && isSubscriptionId(wanted)) {
        return success({ subscription: wanted, resource_group: resourceGroup, workspace: name });
      }
      const listed = await list(wanted);
      if (!listed.ok) return listed;
      const places = listed.value.view
        .filter((one) => isSameName(one.name, name))
        .filter((one) => resourceGroup === null || isSameName(one.resource_group, resourceGroup));
      const [found, ...others] = places;
      if (found === undefined) return failure("azure/workspace-not-found", { workspace: name });
      if (others.length > 0) {
        const names = places.map((place) => `${place.subscription}/${place.resource_group}`);
        return failure("azure/workspace-ambiguous", { workspace: name, places: nameList(names) });
      }
      const { subscription: id, resource_group } = found;
      return success({ subscription: id, resource_group, workspace: found.name });
    },
  };
}

/** Some subscriptions may be closed to the account, or go while they are listed: the others count. */
function together(
  subscriptions: Seen<unknown>,
  answers: readonly Result<Seen<readonly AzureWorkspace[]>>[],
): Result<Seen<readonly AzureWorkspace[]>> {
  const all: AzureWorkspace[] = [];
  let { offline, unreadable } = subscriptions;
  for (const answer of answers) {
    if (!answer.ok) {
      if (isClosed(answer.problem)) continue;
      return answer;
    }
    all.push(...answer.value.view);
    offline ??= answer.value.offline;
    unreadable += answer.value.unreadable;
  }
  return success({ view: all, offline, unreadable });
}

function isClosed({ code }: Problem): boolean {
  return code === "azure/forbidden" || code === "azure/subscription-not-found";
}

function noSubscription(id: string) {
  const problem = problemOf("azure/subscription-not-found", { subscription: id });
  return { thing: problem, place: problem };
}

export function noWorkspace(name: string) {
  const problem = problemOf("azure/workspace-not-found", { workspace: name });
  return { thing: problem, place: problem };
}

function wrongName({ workspace: name, resourceGroup, subscription: wanted }: NamedWorkspace): Problem | null {
  if (!isPathName(name)) return problemOf("usage/invalid:azure-name", { name, what: "workspace" });
  if (resourceGroup !== null && !isPathName(resourceGroup))
    return problemOf("usage/invalid:azure-name", { name: resourceGroup, what: "resource group" });
  if (wanted !== null && !isPathName(wanted))
    return problemOf("usage/invalid:azure-name", { name: wanted, what: "subscription" });
  return null;
}

function isSubscriptionId(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

/** Names in Azure that differ in case alone are one name. */
function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
