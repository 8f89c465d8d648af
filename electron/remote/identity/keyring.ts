import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { SafeStorage } from "./safe-storage.ts";

const service = "Batchdeck";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const cipher = "aes-256-gcm";

type KeyEntry = import("@napi-rs/keyring").AsyncEntry;

/**
 * The keyring of the system under Node: Keychain on macOS, Credential Manager on Windows, a Secret Service (GNOME Keyring,
 * KWallet, KeePassXC) on Linux. It keeps one key for each workspace: Credential Manager takes no more than 2,560 bytes, and
 * tokens are larger. The library is loaded when something is encrypted or decrypted.
 */
export function keyringStorage(workspace: string): SafeStorage {
  let known: Buffer | null = null;

  /** Null: there is no key yet. */
  async function readKey(): Promise<Buffer | null> {
    if (known !== null) return known;
    const text = await (await openEntry(workspace)).getPassword();
    const key = Buffer.from(text ?? "", "base64");
    known = key.length === keyBytes ? key : null;
    return known;
  }

  async function makeKey(): Promise<Buffer> {
    const key = randomBytes(keyBytes);
    await (await openEntry(workspace)).setPassword(key.toString("base64"));
    known = key;
    return key;
  }

  return {
    folder: "accounts",
    encrypt: (secret) =>
      asked(async () => {
        const key = (await readKey()) ?? (await makeKey());
        const nonce = randomBytes(nonceBytes);
        const encryption = createCipheriv(cipher, key, nonce);
        const text = Buffer.concat([encryption.update(secret, "utf8"), encryption.final()]);
        return Buffer.concat([nonce, encryption.getAuthTag(), text]);
      }),
    decrypt: (encrypted) =>
      asked(async () => {
        const key = await readKey();
        return key === null ? null : opened(Buffer.from(encrypted), key);
      }),
    forgetKey: () =>
      asked(async () => {
        known = null;
        await (await openEntry(workspace)).deleteCredential();
        return null;
      }),
  };
}

async function openEntry(workspace: string): Promise<KeyEntry> {
  const { AsyncEntry } = await import("@napi-rs/keyring");
  // Without this it would fall back on the kernel's keyring, which forgets everything when the computer starts.
  return new AsyncEntry(service, workspace, { linux: { store: "secret-service" } });
}

async function asked<Value>(work: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return success(await work());
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return failure("azure/keyring", { reason: line.replace(/[.\s]+$/, "") });
  }
}

/** Null: it was changed, or encrypted with another key. */
function opened(encrypted: Buffer, key: Buffer): string | null {
  try {
    const decryption = createDecipheriv(cipher, key, encrypted.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decryption.setAuthTag(encrypted.subarray(nonceBytes, nonceBytes + tagBytes));
    const text = encrypted.subarray(nonceBytes + tagBytes);
    return Buffer.concat([decryption.update(text), decryption.final()]).toString("utf8");
  } catch {
    return null;
  }
}
