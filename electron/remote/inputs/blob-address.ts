import { type DataAddress, parseDataAddress } from "../../data/names/address.ts";
import { isAllowed, urlOf } from "../hosts.ts";
import type { BlobPlace } from "../storage/blob-store.ts";

/** Blobs by a URL of theirs: a container, and what lies in it. */
export type BlobAddress = { readonly place: BlobPlace; readonly prefix: string };

/**
 * What an address of a storage account names: `https://ACCOUNT.blob.ENDPOINT/CONTAINER/PATH`, or the same as abfss and wasbs
 * have it. Null: it names none, or none of the cloud's.
 */
export function blobsAt(address: string, hosts: readonly string[]): BlobAddress | null {
  const [, container, account, endpoint, path] =
    /^(?:abfss|wasbs):\/\/([^/@]+)@([a-z0-9]+)\.(?:dfs|blob)\.([^/@]+)(?:\/(.*))?$/.exec(address) ?? [];
  const written =
    container === undefined ? address : `https://${account ?? ""}.blob.${endpoint ?? ""}/${container}/${path ?? ""}`;
  const url = urlOf(written);
  if (url === null || !isAllowed(written, hosts)) return null;
  const [, accountName, ofHost] = /^([a-z0-9]{3,24})\.blob\.(.+)$/.exec(url.host) ?? [];
  const [, containerName = "", ...rest] = url.pathname.split("/");
  const prefix = decoded(rest.join("/").replace(/\/+$/, ""));
  if (accountName === undefined || ofHost === undefined || containerName === "" || prefix === null) return null;
  return { place: { protocol: "https", accountName, endpoint: ofHost, containerName }, prefix };
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** What lies in an Azure ML workspace, as `azureml:` names it; null: something else. */
export function workspaceDataAt(address: string): Extract<DataAddress, { kind: "asset" | "datastore" }> | null {
  const parsed = parseDataAddress(address);
  if (!parsed.ok) return null;
  return parsed.value.kind === "asset" || parsed.value.kind === "datastore" ? parsed.value : null;
}

/** The workspace that an address names, where it names one. */
export function workspaceIn(elsewhere: string | null) {
  const [, subscription, resource_group, workspace] =
    /^subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/(?:providers\/[^/]+\/)?workspaces\/([^/]+)$/i.exec(
      elsewhere ?? "",
    ) ?? [];
  if (subscription === undefined || resource_group === undefined || workspace === undefined) return null;
  return { subscription, resource_group, workspace };
}
