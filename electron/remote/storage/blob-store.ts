import { type Result, success } from "../../contract/problem.ts";
import { openContainer } from "./container.ts";
import { download } from "./fetching/download.ts";
import { fetchBlob } from "./fetching/fetch-blob.ts";
import { hasAnyBelow, listBlobs } from "./list-blobs.ts";
import type { BlobFacts, BlobPlace, BlobStore, StorageWays } from "./transfers.ts";
import { readRange } from "./read-range.ts";
import { usualSizes } from "./transfer-sizes.ts";
import { upload } from "./sending/upload.ts";

export type * from "./transfers.ts";

/** Opens no socket. Problems: azure/host-refused, datastore/invalid. */
export function openBlobStore(ways: StorageWays, place: BlobPlace): Result<BlobStore> {
  const opened = openContainer(ways, place);
  if (!opened.ok) return opened;
  const container = opened.value;
  const { host, sizes = usualSizes } = ways;
  return success({
    url: container.url,
    upload: (what, onProgress, signal) => upload(container, what, sizes, onProgress, signal),
    download: (what, onProgress, signal) => download({ container, host, sizes }, what, onProgress, signal),
    fetch: (blob, onBytes, signal) => fetchBlob(container, blob, sizes, onBytes, signal),
    async list(prefix, signal) {
      const blobs: BlobFacts[] = [];
      for await (const page of listBlobs(container, prefix, signal)) {
        if (!page.ok) return page;
        blobs.push(...page.value);
      }
      return success(blobs);
    },
    read: (range, signal) => readRange(container, range, signal),
    hasAny: (prefix, signal) => hasAnyBelow(container, prefix, signal),
  });
}
