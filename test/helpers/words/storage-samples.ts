import type { storageProblems } from "../../../electron/contract/words/english/azure/storage-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

const container = "https://labstore.blob.core.windows.net/data";
const blob = { container, name: "a/b.csv" };

export const storageSamples: SamplesOf<typeof storageProblems> = {
  "datastore/invalid:blobs": [{ address: "http://x.blob.y/z" }],
  "datastore/not-found:container": [{ container }],
  "azure/forbidden:blobs": [
    { container, role: "Storage Blob Data Reader" },
    { container, role: "Storage Blob Data Contributor" },
  ],
  "azure/forbidden:storage-network": [{ container }],
  "input/changed:blob": [blob],
  "input/unsupported:blob-name": [blob],
  "input/unsupported:blob-twice": [blob],
  "azure/unexpected-answer:blob": [blob],
  "output/unwritable:through-link": [{ folder: "/home/me/out" }],
  "output/no-space:fetching": [{ folder: "/home/me/out", needed: 2e9, free: 1e9 }],
  "azure/host-refused:private": [{ host: "10.0.0.1" }],
  "azure/host-refused:redirects": [{ host: "one.test" }],
  "input/unsupported:web-status": [{ address: "https://one.test/x.csv", status: 404 }],
  "input/unsupported:web-size": [{ address: "https://one.test/x.csv", most: 64e9 }],
  "input/changed:web": [{ address: "https://one.test/x.csv" }],
  "datastore/invalid:no-blobs": [{ name: "share", type: "azure_file" }],
  "engine/bug:content": [{ reason: "the file has no end" }],
};
