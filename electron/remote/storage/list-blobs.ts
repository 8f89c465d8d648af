import type { BlobItem } from "@azure/storage-blob";
import { type Result, success } from "../../contract/problem.ts";
import type { BlobFacts } from "./transfers.ts";
import type { Container } from "./container.ts";

/** Most that Azure puts on a page. */
const pageSize = 5000;

/**
 * Every blob below a prefix, page by page; or the one blob that has it as its name. Folders, which some storage accounts keep
 * beside the blobs in them, are none. The first problem is the last page.
 */
export async function* listBlobs(
  container: Container,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<Result<readonly BlobFacts[]>> {
  const single = prefix === "" ? success(null) : await findBlob(container, prefix, signal);
  if (!single.ok || single.value !== null) {
    yield single.ok ? success(single.value === null ? [] : [single.value]) : single;
    return;
  }
  yield* listBelow(container, prefix, signal);
}

/** Whether there is any blob below a prefix. Marks of folders may fill pages before the first of them. */
export async function hasAnyBelow(container: Container, prefix: string, signal: AbortSignal): Promise<Result<boolean>> {
  for await (const page of listBelow(container, prefix, signal, askedForOne)) {
    if (!page.ok) return page;
    if (page.value.length > 0) return success(true);
  }
  return success(false);
}

const askedForOne = 10;

/** Only those below it: nothing asks whether the prefix is itself a blob. */
export async function* listBelow(
  { client, ask }: Container,
  prefix: string,
  signal: AbortSignal,
  maxPageSize = pageSize,
): AsyncGenerator<Result<readonly BlobFacts[]>> {
  const folder = prefix === "" ? "" : `${prefix}/`;
  let continuationToken: string | undefined;
  do {
    const page: Result<{ readonly blobs: readonly BlobItem[]; readonly next: string | undefined }> = await ask(
      "read",
      async (attempt) => {
        const pages = client
          .listBlobsFlat({ prefix: folder, includeMetadata: true, abortSignal: attempt.signal })
          .byPage({ maxPageSize, ...(continuationToken === undefined ? {} : { continuationToken }) });
        const first = await pages.next();
        const value = first.done === true ? null : first.value;
        return { blobs: value?.segment.blobItems ?? [], next: value?.continuationToken || undefined };
      },
      signal,
    );
    if (!page.ok) {
      yield page;
      return;
    }
    yield success(page.value.blobs.filter(isFile).map((blob) => factsOf(blob, folder.length)));
    continuationToken = page.value.next;
  } while (continuationToken !== undefined);
}

/** Null: there is no blob of that name. */
async function findBlob(
  { client, ask }: Container,
  name: string,
  signal: AbortSignal,
): Promise<Result<BlobFacts | null>> {
  return ask<BlobFacts | null>(
    "read",
    async (attempt) => {
      const blob = await client.getBlobClient(name).getProperties({ abortSignal: attempt.signal });
      if (isFolder(blob.metadata)) return null;
      return {
        path: "",
        sizeBytes: blob.contentLength ?? 0,
        modifiedMs: blob.lastModified?.getTime() ?? 0,
        etag: blob.etag ?? "",
        md5: hexOf(blob.contentMD5),
      };
    },
    signal,
    { BlobNotFound: null },
  );
}

function isFile({ name, metadata, properties }: BlobItem): boolean {
  return !isFolder(metadata) && !(name.endsWith("/") && (properties.contentLength ?? 0) === 0);
}

/** How Azure marks the folders of accounts with a hierarchical namespace. */
function isFolder(metadata: Readonly<Record<string, string>> | undefined): boolean {
  return Object.entries(metadata ?? {}).some(
    ([name, value]) => name.toLowerCase() === "hdi_isfolder" && value.toLowerCase() === "true",
  );
}

function factsOf({ name, properties }: BlobItem, cut: number): BlobFacts {
  return {
    path: name.slice(cut),
    sizeBytes: properties.contentLength ?? 0,
    modifiedMs: properties.lastModified.getTime(),
    etag: properties.etag,
    md5: hexOf(properties.contentMD5),
  };
}

function hexOf(md5: Uint8Array | undefined): string | null {
  return md5 === undefined || md5.length !== 16 ? null : Buffer.from(md5).toString("hex");
}
