import type { AzurePlace } from "../../contract/views/azure.ts";

/** The one version of each published interface that is spoken. Another is a change of schemas and of the stand-in together. */
export const apiVersions = {
  subscriptions: "2022-12-01",
  machineLearning: "2024-04-01",
  authorization: "2022-04-01",
} as const;

export const provider = "Microsoft.MachineLearningServices";

/** What is asked of Azure Resource Manager: a path with its query, without the host. */
export type Address = string;

/** `names`: parts of the path, each of one name; they have passed `isPathName` where somebody typed them. */
export function addressOf(
  names: readonly string[],
  apiVersion: string,
  query: Readonly<Record<string, string>> = {},
): Address {
  const path = names.map((name) => `/${encodeURIComponent(name)}`).join("");
  return `${path}?${new URLSearchParams({ "api-version": apiVersion, ...query }).toString()}`;
}

/** Of something in a workspace: `["batchEndpoints", "churn"]`. */
export function addressIn(
  place: AzurePlace,
  names: readonly string[],
  query: Readonly<Record<string, string>> = {},
): Address {
  return addressOf([...pathOf(place), ...names], apiVersions.machineLearning, query);
}

/** Azure's id of something in a workspace. */
export function idIn(place: AzurePlace, names: readonly string[]): string {
  return [...pathOf(place), ...names].map((name) => `/${name}`).join("");
}

/** The part that the addresses of a noun begin with, of all of its kind in a workspace. */
export function addressesBelow(place: AzurePlace, noun: string): Address {
  return [...pathOf(place), noun].map((name) => `/${encodeURIComponent(name)}`).join("");
}

function pathOf({ subscription, resource_group, workspace }: AzurePlace): readonly string[] {
  const group = ["subscriptions", subscription, "resourceGroups", resource_group];
  return [...group, "providers", provider, "workspaces", workspace];
}

/**
 * Whether something in Azure can be called so. What separates the parts of a path, or is taken for one of its folders, would
 * lead a request elsewhere.
 */
export function isPathName(name: string): boolean {
  return /^[^/\\?#%\p{C}]{1,260}$/u.test(name) && !/^\.{1,2}$/.test(name);
}

const idPattern = new RegExp(
  `^/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/${provider.replace(".", "\\.")}/workspaces/([^/]+)(?:/(.+))?$`,
  "i",
);

/** What an id of Azure's names: a workspace, and what lies in it; null: something else. */
export function readId(id: string): { readonly place: AzurePlace; readonly rest: readonly string[] } | null {
  const [, subscription, resource_group, workspace, rest = ""] = idPattern.exec(id) ?? [];
  if (subscription === undefined || resource_group === undefined || workspace === undefined) return null;
  return { place: { subscription, resource_group, workspace }, rest: rest === "" ? [] : rest.split("/") };
}

/** `azureml:NAME:VERSION` or `azureml:NAME` of what lies in a workspace; what lies elsewhere, such as a registry, keeps Azure's id. */
export function referenceTo(id: string): string {
  const [, name, versions, version] = readId(id)?.rest ?? [];
  if (name === undefined) return id;
  return versions === "versions" && version !== undefined ? `azureml:${name}:${version}` : `azureml:${name}`;
}
