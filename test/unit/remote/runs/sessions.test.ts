import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { expect, it } from "vitest";
import { createAccountStore } from "../../../../electron/remote/identity/account-store.ts";
import type { Account } from "../../../../electron/remote/identity/account.ts";
import { createSessions } from "../../../../electron/remote/runs/sessions.ts";
import { keptKey } from "../../../azure/kept-key.ts";
import { azureSpec } from "../../../helpers/engine/azure-specs.ts";
import { temporaryFolder } from "../../../helpers/places.ts";
import { valueOf } from "../../../helpers/value-of.ts";

const folder = temporaryFolder("sessions");
const place = { subscription: "s", resource_group: "g", workspace: "w" };
const datastore = {
  ...{ name: "d", protocol: "https", accountName: "labstore", endpoint: "core.windows.net", containerName: "data" },
};
const id = "0".repeat(32);
const spec = azureSpec({
  ...{ name: "one", endpoint: "sums", deployment: "echo", input: "/in", output: "/out" },
  azure: { cloud: "AzureCloud", place, datastore, accountId: id },
});
const account: Account = {
  ...{ id, username: "lab", cloud_name: "AzureCloud", cloud: "AzureCloud", claims: null },
  ...{ type: "managed_identity", client_id: null },
};
const secrets = { cache: "tokens", secret: null };
/** Where nothing may ever arrive: the request is refused before a socket is opened, or fails as one that goes nowhere. */
const request = () => createPipelineRequest({ url: "https://management.azure.com/", headers: createHttpHeaders() });

it("a sign-out ends what is at work: not one more request goes out with tokens of before", async () => {
  const store = createAccountStore(folder, keptKey());
  const network = { environment: { HTTPS_PROXY: "ftp://nowhere" }, systemProxy: null };
  const sessions = createSessions(store, network, { now: () => 0 });
  expect(sessions.of(spec)).toMatchObject({ problem: { kind: "azure/sign-in-needed:job" } });
  await store.keep(account, secrets);
  const session = valueOf(sessions.of(spec));
  const send = async () =>
    session.network.problemOf(await session.network.httpClient.sendRequest(request()).catch((error: unknown) => error))
      ?.kind;
  expect(await send()).toBe("azure/unreachable:proxy-kind");

  // Renewed tokens are the same sign-in.
  await store.update(account, { ...secrets, cache: "renewed tokens" });
  expect(valueOf(sessions.of(spec))).toBe(session);

  await store.remove([account]);
  expect(await send()).toBe("azure/sign-in-needed");
  expect(sessions.of(spec)).toMatchObject({ problem: { kind: "azure/sign-in-needed:job" } });
  sessions.drop(spec, null);
  expect(sessions.isChanged(spec)).toBe(false);

  // The next sign-in opens another session; the old one stays closed, and what was at work with it goes on with the new one.
  await store.keep(account, secrets);
  expect(sessions.isChanged(spec)).toBe(true);
  expect(valueOf(sessions.of(spec))).not.toBe(session);
  expect(await send()).toBe("azure/cancelled");
  sessions.close();
});

it("a new sign-in outlives the last word about the one before: no job waits for a third", async () => {
  const store = createAccountStore(temporaryFolder("sessions-anew"), keptKey());
  const sessions = createSessions(store, { environment: {}, systemProxy: null }, { now: () => 0 });
  await store.keep(account, secrets);
  const before = valueOf(sessions.of(spec));
  sessions.drop(spec, before);
  expect(sessions.isChanged(spec)).toBe(false);

  await store.keep(account, secrets);
  const after = valueOf(sessions.of(spec));
  // Another job of the account was still at work with the session of before.
  sessions.drop(spec, before);
  expect(sessions.isChanged(spec)).toBe(true);
  expect(valueOf(sessions.of(spec))).toBe(after);
  sessions.close();
});
