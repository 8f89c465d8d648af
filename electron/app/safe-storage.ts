import { safeStorage } from "electron";
import { failure, type Result, success } from "../contract/problem.ts";
import type { SafeStorage } from "../remote/identity/safe-storage.ts";

/** Not every supported Electron has all of it: the newer ones do it without blocking. */
type Offer = Partial<typeof safeStorage>;

/**
 * Electron's encryption, with a key of its own in the system's keyring. On a Linux without one Chromium would use a password
 * that everybody knows (`basic_text`): then nothing is encrypted, and so nothing kept.
 */
export function electronSafeStorage(offer: Offer = safeStorage): SafeStorage {
  async function isUsable(): Promise<boolean> {
    if (offer.getSelectedStorageBackend?.() === "basic_text") return false;
    return (await offer.isAsyncEncryptionAvailable?.()) ?? offer.isEncryptionAvailable?.() ?? false;
  }

  async function withKey<Value>(work: () => Promise<Value>): Promise<Result<Value>> {
    if (!(await isUsable())) return failure("azure/keyring:none");
    try {
      return success(await work());
    } catch (error) {
      return failure("azure/keyring", { reason: error instanceof Error ? error.message.replace(/[.\s]+$/, "") : "" });
    }
  }

  /** Null: it was changed, or encrypted with another key. */
  async function opened(encrypted: Buffer): Promise<string | null> {
    try {
      const decrypted = await offer.decryptStringAsync?.(encrypted);
      return decrypted?.result ?? offer.decryptString?.(encrypted) ?? null;
    } catch {
      return null;
    }
  }

  return {
    folder: "window-accounts",
    encrypt: (secret) =>
      withKey(async () => {
        const encrypted = (await offer.encryptStringAsync?.(secret)) ?? offer.encryptString?.(secret);
        if (encrypted === undefined) throw new Error("this Electron does not encrypt");
        return encrypted;
      }),
    decrypt: (encrypted) => withKey(() => opened(Buffer.from(encrypted))),
    // Chromium's key encrypts its own files, too, and stays.
    forgetKey: async () => success(null),
  };
}
