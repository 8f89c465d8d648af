import { failure, type Result } from "../../contract/problem.ts";

/**
 * What encrypts secrets with a key that the operating system keeps for the user. The key never leaves it but to this process,
 * and what is encrypted may lie in a file.
 */
export type SafeStorage = {
  /** The folder in a workspace for what it encrypts. Programs with keys of their own have folders of their own. */
  readonly folder: "accounts" | "window-accounts";
  /** Problem: azure/keyring, where there is no key and none can be kept. */
  readonly encrypt: (secret: string) => Promise<Result<Uint8Array>>;
  /** Null: it was not encrypted with the key of now. Problem: azure/keyring. */
  readonly decrypt: (encrypted: Uint8Array) => Promise<Result<string | null>>;
  /** Removes the key: what was encrypted with it stays unreadable. Problem: azure/keyring. */
  readonly forgetKey: () => Promise<Result<null>>;
};

/** Where nothing can be kept. */
export const noSafeStorage: SafeStorage = {
  folder: "accounts",
  encrypt: async () => unavailable,
  decrypt: async () => unavailable,
  forgetKey: async () => unavailable,
};

const unavailable = failure("azure/keyring:none");
