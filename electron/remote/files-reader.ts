import { randomUUID } from "node:crypto";
import path from "node:path";
import { success } from "../contract/problem.ts";
import { contentAddress } from "../data/content/ask-content-address.ts";
import type { ReadFiles, Scratch } from "./azureml/writes/plan.ts";
import { openBlobStore, type StorageWays } from "./storage/blob-store.ts";

/**
 * Reads files by a process of its own, and sends them to blobs. Notes on them are kept in `scratch` meanwhile, of each call its
 * own: two that send the same files to two places must not share them. What is there already is found there.
 */
export function filesReader(ways: StorageWays, scratch: Scratch): ReadFiles {
  return async ({ folder, files }, signal) => {
    const ledgerFile = path.join(await scratch(), `${randomUUID()}.ledger`);
    const request = { folder, files: { kind: "files", files }, ledgerFile } as const;
    const content = await contentAddress(ways.host, request, () => {}, signal);
    if (!content.ok) return content;
    const { address, bytes } = content.value;
    return success({
      address,
      bytes,
      async send({ protocol, account_name, endpoint, container_name }, prefix, onProgress, signal) {
        const place = {
          protocol: protocol ?? "",
          accountName: account_name ?? "",
          endpoint: endpoint ?? "",
          containerName: container_name ?? "",
        };
        const store = openBlobStore(ways, place);
        if (!store.ok) return store;
        const sent = await store.value.upload(
          { folder, ledgerFile, prefix },
          ({ doneBytes, bytesPerSecond }) => onProgress(doneBytes, bytesPerSecond),
          signal,
        );
        return sent.ok ? success(null) : sent;
      },
    });
  };
}
