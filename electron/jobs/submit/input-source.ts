import type { Result } from "../../contract/problem.ts";

/** A file at an address elsewhere. */
export type RemoteFile = {
  /** Relative to the address, with `/`; of a single file its name. */
  readonly path: string;
  readonly sizeBytes: number;
  /**
   * Another one means another content: a fetch of anything else than this content must fail with "input/changed". Empty: its source
   * cannot tell contents apart.
   */
  readonly version: string;
  /** The whole address of the file, the same whichever way leads to it. */
  readonly identity: string;
};

/**
 * What can fetch inputs from elsewhere. Problems are passed on to the user; with "input/unreadable" and "input/not-found"
 * the job pauses and tries again by itself, with any other it fails.
 */
export type InputSource = {
  readonly canFetch: (address: string) => boolean;
  /** Whether it lies in a cloud whose owner is charged for what leaves it. */
  readonly isCharged: (address: string) => boolean;
  /** Every file below an address, or the single file that it names. */
  readonly list: (
    address: string,
    kind: "folder" | "file",
    signal: AbortSignal,
  ) => Promise<Result<readonly RemoteFile[]>>;
  /**
   * Writes a file's whole content to `target`; tells how many bytes more have come, as they do. What an earlier fetch of the same
   * content left there may be gone on with.
   */
  readonly fetch: (
    request: { readonly address: string; readonly file: RemoteFile; readonly target: string },
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ) => Promise<Result<null>>;
};
