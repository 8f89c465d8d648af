import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { success } from "../../electron/contract/problem.ts";
import type { SafeStorage } from "../../electron/remote/identity/safe-storage.ts";

/** What keeps a key for as long as the test runs, where no system's keyring does. */
export function keptKey(folder: SafeStorage["folder"] = "accounts"): SafeStorage {
  let key: Buffer | null = null;
  return {
    folder,
    async encrypt(secret) {
      key ??= randomBytes(32);
      const nonce = randomBytes(12);
      const encryption = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
      const text = Buffer.concat([encryption.update(secret, "utf8"), encryption.final()]);
      return success(Buffer.concat([nonce, text, encryption.getAuthTag()]));
    },
    async decrypt(encrypted) {
      if (key === null) return success(null);
      const decryption = createDecipheriv("chacha20-poly1305", key, encrypted.subarray(0, 12), { authTagLength: 16 });
      decryption.setAuthTag(encrypted.subarray(-16));
      return success(
        Buffer.concat([decryption.update(encrypted.subarray(12, -16)), decryption.final()]).toString("utf8"),
      );
    },
    async forgetKey() {
      key = null;
      return success(null);
    },
  };
}
