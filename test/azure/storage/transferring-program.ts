/**
 * A program for the tests of kills: sends a folder, or fetches one, by the bundle that the terminal loads.
 * `node transferring-program.ts TASK`, where TASK is JSON; the environment names the cloud and signs in. Ends with 0 once it is done.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type * as azure from "../../../electron/remote/azure.ts";
import type { AccountStore } from "../../../electron/remote/identity/account-store.ts";
import type { BlobPlace, Download, Upload } from "../../../electron/remote/storage/blob-store.ts";
import type { TransferSizes } from "../../../electron/remote/storage/transfer-sizes.ts";
import { valueOf } from "../../helpers/value-of.ts";

export type TransferTask = { readonly place: BlobPlace; readonly sizes: TransferSizes } & (
  | { readonly upload: Upload }
  | { readonly download: Download }
);

const dist = path.join(import.meta.dirname, "../../../dist");
const { openSession, openBlobStore } = createRequire(import.meta.url)(path.join(dist, "azure.cjs")) as typeof azure;
const task = JSON.parse(process.argv[2] ?? "") as TransferTask;
const nobody = null as unknown as AccountStore;
const session = valueOf(openSession(nobody, { environment: process.env, systemProxy: null }));
const store = valueOf(openBlobStore({ ...session, host: nodeProcessHost(dist), sizes: task.sizes }, task.place));
const never = new AbortController().signal;
if ("upload" in task) valueOf(await store.upload(task.upload, () => undefined, never));
else valueOf(await store.download(task.download, () => undefined, never));
session.close();
