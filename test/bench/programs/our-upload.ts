/** Sends a folder as Batchdeck does. */
import path from "node:path";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import { success } from "../../../electron/contract/problem.ts";
import { readCloud } from "../../../electron/remote/clouds.ts";
import { openRemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import { openBlobStore } from "../../../electron/remote/storage/blob-store.ts";
import { valueOf } from "../../helpers/value-of.ts";
import type { UploadTask } from "./upload-task.ts";

const task = JSON.parse(process.argv[2] ?? "") as UploadTask;
const cloud = valueOf(readCloud(task.cloudFile));
const network = valueOf(openRemoteNetwork(cloud, {}));
const tokens = { token: () => Promise.resolve(success({ token: task.token, expiresOn: Date.now() + 86_400_000 })) };
const host = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));
const place = {
  protocol: "https",
  accountName: task.account,
  endpoint: task.endpoint,
  containerName: task.container,
};
const store = valueOf(openBlobStore({ cloud, tokens, network, host }, place));
const from = performance.now();
valueOf(await store.upload(task.upload, () => undefined, new AbortController().signal));
console.log((performance.now() - from) / 1000);
network.close();
