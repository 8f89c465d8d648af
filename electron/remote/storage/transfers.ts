import type { ProcessHost } from "../../compute/process-host.ts";
import type { Result } from "../../contract/problem.ts";
import type { Patience } from "../network/patience.ts";
import type { AzureSession } from "../identity/session.ts";
import type { Pace } from "./pace.ts";
import type { TransferSizes } from "./transfer-sizes.ts";

/** Where a datastore's blobs are, as its record in Azure says: `{protocol}://{accountName}.blob.{endpoint}/{containerName}`. */
export type BlobPlace = {
  readonly protocol: string;
  readonly accountName: string;
  /** `core.windows.net`; a cloud of one's own may add a port. */
  readonly endpoint: string;
  readonly containerName: string;
};

/**
 * One container of a storage account, as the account that is signed in sees it. Whatever is cut off (by a kill, a signal, the
 * network) goes on with the next call of the same request, and sends or fetches nothing again that was finished.
 *
 * Problems of each: azure/sign-in-needed, azure/sign-in-failed, azure/unreachable, azure/host-refused, azure/cancelled,
 * azure/forbidden (with the role that is missing), datastore/not-found (no such container), azure/refused.
 */
export type BlobStore = {
  /** Of the container, without a slash at its end. */
  readonly url: string;
  /** Further problems: input/changed, input/unreadable. */
  readonly upload: (what: Upload, onProgress: OnTransfer, signal: AbortSignal) => Promise<Result<Uploaded>>;
  /** Further problems: input/unsupported (a name that cannot be a file here), input/changed, output/no-space, output/unwritable. */
  readonly download: (what: Download, onProgress: OnTransfer, signal: AbortSignal) => Promise<Result<Downloaded>>;
  /**
   * One blob into a file, made anew. `onBytes`: so many more have come; fewer, when a try of some was lost. Further
   * problems: input/changed, azure/unexpected-answer. Throws what the file system throws.
   */
  readonly fetch: (blob: FetchedBlob, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<Result<null>>;
  /** Every blob below a prefix, in Azure's order; of a prefix that is the name of a blob, that one, with an empty `path`. */
  readonly list: (prefix: string, signal: AbortSignal) => Promise<Result<readonly BlobFacts[]>>;
  /** Some bytes of a blob, as it is now; fewer where it has fewer, none where it has gone. For short pieces: they are held in memory. */
  readonly read: (
    range: { readonly name: string; readonly start: number; readonly length: number },
    signal: AbortSignal,
  ) => Promise<Result<Buffer>>;
  /** Whether there is a blob below a prefix, without a slash at its end; the rest is not listed. */
  readonly hasAny: (prefix: string, signal: AbortSignal) => Promise<Result<boolean>>;
};

export type Upload = {
  /** Where the files lie: absolute, without links; of a single file, the folder that it lies in. */
  readonly folder: string;
  /** What `contentAddress` wrote (data/content): the files, and what was sent of them. */
  readonly ledgerFile: string;
  /**
   * Where the files go, without a slash at its end. It is for one content alone: the content address is a part of it.
   */
  readonly prefix: string;
  /** Left out: as fast as it goes. */
  readonly pace?: Pace;
};

export type Uploaded = {
  readonly files: number;
  readonly bytes: number;
  /** What had to be sent by this call; none when the content was there. */
  readonly sentFiles: number;
  readonly sentBytes: number;
};

export type Download = {
  /** Without a slash at its end; also the name of a single blob. */
  readonly prefix: string;
  /**
   * Exists, on one disk. Files get their names in it when they are whole; until then they are in a hidden folder of it, so that
   * only one download at a time goes to a folder.
   */
  readonly folder: string;
  /** What was fetched so far: made here, and removed by whoever named it. */
  readonly ledgerFile: string;
  readonly pace?: Pace;
};

export type FetchedBlob = {
  readonly name: string;
  readonly sizeBytes: number;
  /** Another one is another content, which is not fetched. */
  readonly etag: string;
  readonly target: string;
};

export type Downloaded = { readonly files: number; readonly bytes: number };

export type BlobFacts = {
  /** Relative to the prefix, as Azure has it: not to be trusted as a path. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Another one means another content. */
  readonly etag: string;
  /** Of the content, in hexadecimal; null: Azure does not know it. */
  readonly md5: string | null;
};

export type OnTransfer = (progress: TransferProgress) => void;

/** Told a few times a second. What was there before counts as done. */
export type TransferProgress = {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly doneFiles: number;
  readonly totalFiles: number;
  /** Over the last seconds; 0 until it is known. */
  readonly bytesPerSecond: number;
};

/** What a store needs: an account that is signed in, and what starts the process that checks what was fetched. */
export type StorageWays = Pick<AzureSession, "cloud" | "tokens" | "network"> & {
  readonly host: ProcessHost;
  /** Left out: the usual ones. */
  readonly patience?: Patience;
  readonly sizes?: TransferSizes;
  /** Whether blobs that refuse the account are read as anybody may read them; left out: no. */
  readonly mayBeOpen?: boolean;
};
