import type { WordTable } from "../../speaker.ts";

/** A container, as people may see it: `https://ACCOUNT.blob.core.windows.net/CONTAINER`. */
type At = { readonly container: string };

/** The host of a container. */
export function hostIn(container: string): string {
  return container.replace(/^https:\/\//, "").replace(/\/.*$/, "");
}

/** Azure's own roles for blobs, by the names that its portal shows. */
export type BlobRole = "Storage Blob Data Reader" | "Storage Blob Data Contributor";

/** Blobs of storage accounts: what is sent there, and what is fetched from there. */
export const storageProblems = {
  "datastore/invalid:blobs": ({ address }: { address: string }) => [
    `The datastore's record names no container of blobs: "${address}".`,
    "Choose a datastore of blobs, or correct its record in Azure.",
  ],
  "datastore/not-found:container": ({ container }: At) => [
    `There is no container ${container}.`,
    "Create it, or correct the datastore's record in Azure.",
  ],
  "azure/forbidden:blobs": ({ container, role }: At & { role: BlobRole }) => [
    `Your account may not ${role === "Storage Blob Data Reader" ? "read" : "write"} the blobs of ${container}.`,
    `Ask an owner of the storage account for the role "${role}". A new role takes a few minutes; sign in again after that.`,
  ],
  "azure/forbidden:storage-network": ({ container }: At) => [
    `The storage account of ${container} is closed to this network.`,
    `Ask an owner of the storage account to allow this network. If the account has a private endpoint, ask who runs the DNS of this network to lead ${hostIn(container)} to its private address.`,
  ],
  "input/changed:blob": ({ container, name }: At & { name: string }) => [
    `The blob "${name}" in ${container} is another one by now.`,
    "Start again to fetch it as it is now.",
  ],
  "input/unsupported:blob-name": ({ container, name }: At & { name: string }) => [
    `${container} holds "${name}", which cannot be a file here.`,
    "Give the blob another name. Nothing was fetched.",
  ],
  "input/unsupported:blob-twice": ({ container, name }: At & { name: string }) => [
    `${container} holds "${name}" twice: in other capitals, or as a file and as a folder.`,
    "Give one of them another name. Nothing was fetched.",
  ],
  "azure/unexpected-answer:blob": ({ container, name }: At & { name: string }) => [
    `The blob "${name}" of ${container} did not come as Azure describes it: its length or its MD5 is another one.`,
    "Try again; if that does not help, the blob itself is damaged.",
  ],
  "output/unwritable:through-link": ({ folder }: { folder: string }) => [
    `"${folder}" is a link, and nothing is written through it.`,
    "Remove the link, or choose another folder.",
  ],
  "output/no-space:fetching": ({ folder, needed, free }: { folder: string; needed: number; free: number }) => [
    `What is to be fetched takes ${Math.ceil(needed / 1e6)} MB, and ${folder} has ${Math.floor(free / 1e6)} MB free.`,
    "Make space, or choose another folder.",
  ],
  "azure/host-refused:private": ({ host }: { host: string }) => [
    `Nothing is fetched from ${host}: inputs by their address come by https from public hosts, and from no network's own.`,
    "Download the files, then give the local folder or file.",
  ],
  "azure/host-refused:redirects": ({ host }: { host: string }) => [
    `${host} sends the request on and on.`,
    "Check the address of the input.",
  ],
  "input/unsupported:web-status": ({ address, status }: { address: string; status: number }) => [
    `"${address}" cannot be fetched (status ${status}).`,
    "Check the address; what needs a sign-in of its own is to be downloaded with it.",
  ],
  "input/unsupported:web-size": ({ address, most }: { address: string; most: number }) => [
    `"${address}" does not tell its size, or is larger than ${Math.round(most / 1e9)} GB.`,
    "Download it, then give the local file.",
  ],
  "input/changed:web": ({ address }: { address: string }) => [
    `What lies at "${address}" is another file by now.`,
    "Start again to fetch it as it is now.",
  ],
  "datastore/invalid:no-blobs": ({ name, type }: { name: string; type: string }) => [
    `The datastore "${name}" is of the type ${type}, and only blobs can be fetched.`,
    "Download the files, then give the local folder or file.",
  ],
  "engine/bug:content": ({ reason }: { reason: string }) => [
    `Reading the files stopped on an error of its own: ${reason}.`,
  ],
} satisfies Partial<WordTable>;
