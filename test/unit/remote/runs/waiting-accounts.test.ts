import path from "node:path";
import { expect, it } from "vitest";
import type { AzureJobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import { type Account, accountId } from "../../../../electron/remote/identity/account.ts";
import { createAccountStore } from "../../../../electron/remote/identity/account-store.ts";
import { createSessions } from "../../../../electron/remote/runs/sessions.ts";
import { keptKey } from "../../../azure/kept-key.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** Whether a job goes on whose account gave no token. */
const home = temporaryFolder("sessions");
const principal = { AZURE_TENANT_ID: "contoso.test", AZURE_CLIENT_ID: "app", AZURE_CLIENT_SECRET: "Secret~" };
const minuteMs = 60_000;

const common = { cloud_name: "AzureCloud", cloud: "AzureCloud", claims: null };
const machine: Account = {
  ...common,
  ...{ type: "managed_identity", id: accountId("managed_identity", "AzureCloud", "", "machine") },
  ...{ username: "machine", client_id: null },
};
const user: Account = {
  ...common,
  ...{ type: "user", id: accountId("user", "AzureCloud", "t", "eva"), username: "eva", tenant_id: "t" },
  home_account_id: "eva.t",
};
const jobOf = (accountId: string) => ({ name: "job", azure: { accountId } }) as unknown as AzureJobSpec;

function at(environment: Readonly<Record<string, string>>, folder: string) {
  let now = 0;
  const store = createAccountStore(path.join(home, folder), keptKey());
  const sessions = createSessions(store, { environment, systemProxy: null }, { now: () => now });
  return { store, sessions, pass: (ms: number) => (now += ms) };
}

it.each([
  ["the environment", accountId("service_principal", "", "contoso.test", "app"), principal],
  ["the machine", machine.id, {}],
])("an account of %s, which nobody signs in, is tried again after a while", async (_whose, id, environment) => {
  const { store, sessions, pass } = at(environment, `unattended-${id}`);
  await store.keep(machine, null);
  sessions.drop(jobOf(id), null);
  expect(sessions.isChanged(jobOf(id))).toBe(false);
  pass(minuteMs);
  expect(sessions.isChanged(jobOf(id))).toBe(true);
});

it("an account of a user waits for the user, however long, also one that has signed out", async () => {
  const { store, sessions, pass } = at({}, "attended");
  await store.keep(user, { cache: "{}", secret: null });
  sessions.drop(jobOf(user.id), null);
  pass(100 * minuteMs);
  expect(sessions.isChanged(jobOf(user.id))).toBe(false);
  await store.remove([user]);
  sessions.drop(jobOf(user.id), null);
  pass(100 * minuteMs);
  expect(sessions.isChanged(jobOf(user.id))).toBe(false);
  await store.keep(user, { cache: "{}", secret: null });
  expect(sessions.isChanged(jobOf(user.id))).toBe(true);
});
