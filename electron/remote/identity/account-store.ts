import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as z from "zod";
import { ownerOnly } from "../../contract/processes/file-modes.ts";
import { type Problem, type Result, success } from "../../contract/problem.ts";
import { removeFolderSync, removeSync, renameSync } from "../../files/patient.ts";
import { type Account, accountSchema, type Secrets, secretsSchema } from "./account.ts";
import type { SafeStorage } from "./safe-storage.ts";

const fileSchema = z.strictObject({
  account: accountSchema,
  /** Encrypted, in base64; null: the account has no secrets. */
  secrets: z.base64().nullable(),
  /** Another text with each sign-in; files of earlier versions have none. */
  signedIn: z.string().default(""),
});
const activeSchema = z.strictObject({ id: z.string() });

/**
 * The accounts that are signed in: a file each in a folder of the workspace, so that two programs that sign in at the same time
 * do not disturb each other, and one file that names the active account. The folder belongs to the key: what another key
 * encrypted could not be read, and would be overwritten.
 */
export type AccountStore = {
  /** By name. What cannot be read is no account. */
  readonly list: () => readonly Account[];
  /** The one that was chosen, or the only one; null: neither. */
  readonly active: () => Account | null;
  readonly setActive: (account: Account) => void;
  /** Another text with each sign-in of the account of that id; renewed tokens leave it as it is. Null: it is not signed in. Cheap to ask. */
  readonly version: (id: string) => string | null;
  readonly tokensOf: (account: Account) => "keyring" | "memory" | null;
  /** Null: they are gone, or cannot be read with the key of now. Problem: azure/keyring. */
  readonly secretsOf: (account: Account) => Promise<Result<Secrets | null>>;
  /** A sign-in: writes it down. Where nothing can be encrypted it is kept in memory, and the reason is returned. `secrets` null: it has none. */
  readonly keep: (account: Account, secrets: Secrets | null) => Promise<Problem | null>;
  /** Writes down what changed of an account that is signed in; one that was signed out meanwhile stays so. */
  readonly update: (account: Account, secrets?: Secrets) => Promise<void>;
  /** Removes accounts with their secrets, and with the last one the key. Problem: azure/keyring, with the files gone. */
  readonly remove: (accounts: readonly Account[]) => Promise<Result<null>>;
};

export function createAccountStore(home: string, safeStorage: SafeStorage): AccountStore {
  const folder = path.join(home, safeStorage.folder);
  const activeFile = path.join(folder, "active.json");
  const inMemory = new Map<
    string,
    { readonly account: Account; readonly secrets: Secrets; readonly signedIn: string }
  >();
  /** What was read of the file of an account, as long as it is that file. */
  const seen = new Map<string, { readonly file: string; readonly signedIn: string | null }>();
  let chosenInMemory: string | null = null;
  const fileOf = ({ id }: Account) => path.join(folder, `${id}.json`);

  function list(): readonly Account[] {
    const written = accountFilesIn(folder).flatMap((name) => {
      const file = readJson(path.join(folder, name), fileSchema);
      return file === null || `${file.account.id}.json` !== name || inMemory.has(file.account.id) ? [] : [file.account];
    });
    const all = [...written, ...[...inMemory.values()].map(({ account }) => account)];
    return all.sort((a, b) => a.username.localeCompare(b.username, "en") || a.id.localeCompare(b.id, "en"));
  }

  function write(file: string, value: unknown): void {
    fs.mkdirSync(folder, { recursive: true, mode: ownerOnly.folder });
    const part = `${file}.${randomUUID()}.part`;
    try {
      fs.writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode: ownerOnly.file, flag: "wx" });
      renameSync(part, file);
    } finally {
      removeSync(part);
    }
  }

  function tokensOf(account: Account): "keyring" | "memory" | null {
    if (inMemory.has(account.id)) return "memory";
    return (readJson(fileOf(account), fileSchema)?.secrets ?? null) === null ? null : "keyring";
  }

  async function keep(account: Account, secrets: Secrets | null, signedIn: string): Promise<Problem | null> {
    const encrypted = secrets === null ? null : await safeStorage.encrypt(JSON.stringify(secrets));
    if (secrets !== null && encrypted?.ok === false) {
      // What an earlier sign-in left there is of no use any more.
      removeSync(fileOf(account));
      inMemory.set(account.id, { account, secrets, signedIn });
      return encrypted.problem;
    }
    inMemory.delete(account.id);
    write(fileOf(account), {
      account,
      secrets: encrypted?.ok ? Buffer.from(encrypted.value).toString("base64") : null,
      signedIn,
    });
    return null;
  }

  function version(id: string): string | null {
    const remembered = inMemory.get(id);
    if (remembered !== undefined) return remembered.signedIn;
    const file = path.join(folder, `${id}.json`);
    const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return null;
    // Each writing of it is another file.
    const now = `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
    const before = seen.get(id);
    if (before?.file === now) return before.signedIn;
    const signedIn = readJson(file, fileSchema)?.signedIn ?? null;
    seen.set(id, { file: now, signedIn });
    return signedIn;
  }

  return {
    list,
    active() {
      const accounts = list();
      const chosen = chosenInMemory ?? readJson(activeFile, activeSchema)?.id;
      return accounts.find(({ id }) => id === chosen) ?? (accounts.length === 1 ? (accounts[0] ?? null) : null);
    },
    setActive({ id }) {
      chosenInMemory = inMemory.has(id) ? id : null;
      if (chosenInMemory === null) write(activeFile, { id });
    },
    version,
    tokensOf,
    async secretsOf(account) {
      const remembered = inMemory.get(account.id);
      if (remembered !== undefined) return success(remembered.secrets);
      const encrypted = readJson(fileOf(account), fileSchema)?.secrets ?? null;
      if (encrypted === null) return success(null);
      const text = await safeStorage.decrypt(Buffer.from(encrypted, "base64"));
      return text.ok ? success(parsedSecrets(text.value)) : text;
    },
    keep: (account, secrets) => keep(account, secrets, randomUUID()),
    async update(account, secrets) {
      const remembered = inMemory.get(account.id);
      const written = readJson(fileOf(account), fileSchema);
      if (remembered !== undefined)
        inMemory.set(account.id, { ...remembered, account, secrets: secrets ?? remembered.secrets });
      else if (written !== null && secrets === undefined) write(fileOf(account), { ...written, account });
      else if (written !== null && secrets !== undefined) await keep(account, secrets, written.signedIn);
    },
    async remove(accounts) {
      const hadKey = accounts.some((account) => tokensOf(account) === "keyring");
      for (const account of accounts) {
        inMemory.delete(account.id);
        removeSync(fileOf(account));
        if (chosenInMemory === account.id) chosenInMemory = null;
      }
      if (list().length > 0) return success(null);
      removeFolderSync(folder);
      return hadKey ? safeStorage.forgetKey() : success(null);
    },
  };
}

/** The files of accounts; none where there is no folder yet. */
function accountFilesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
  } catch {
    return [];
  }
}

/** Null: it is not there, or not as it should be. */
function readJson<Value>(file: string, schema: z.ZodType<Value>): Value | null {
  try {
    return schema.safeParse(JSON.parse(fs.readFileSync(file, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

function parsedSecrets(text: string | null): Secrets | null {
  try {
    return text === null ? null : (secretsSchema.safeParse(JSON.parse(text)).data ?? null);
  } catch {
    return null;
  }
}
