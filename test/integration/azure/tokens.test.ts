import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock, type Clock } from "../../../electron/compute/clock.ts";
import type { Result } from "../../../electron/contract/problem.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { openSession, signIn } from "../../../electron/remote/azure.ts";
import type { Account } from "../../../electron/remote/identity/account.ts";
import { type AccountStore, createAccountStore } from "../../../electron/remote/identity/account-store.ts";
import type { AzureSession } from "../../../electron/remote/identity/session.ts";
import type { SignInRequest } from "../../../electron/contract/views/account.ts";
import { browse } from "../../azure/entra/browser.ts";
import { keptKey } from "../../azure/kept-key.ts";
import { labHosts, type Lab, startLab } from "../../azure/lab.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

/** The tokens of an account that is signed in: for each audience, renewed, taken away, demanded anew. */

const folder = temporaryFolder("tokens");
const application = { clientId: randomUUID(), secret: "Secret~of-the-application" };
const audiences = ["resource-manager", "ml", "storage"] as const;
let lab: Lab;

beforeAll(async () => {
  lab = await startLab(folder, { applications: [application] });
});
afterAll(() => lab.close());

const nobodyThere = { clock: systemClock, host: { openBrowser: async () => false, tell: () => {} } };
const sessions: AzureSession[] = [];
afterAll(() => sessions.forEach(({ close }) => close()));

type Environment = Readonly<Record<string, string>>;

function newStore(): AccountStore {
  return createAccountStore(fs.mkdtempSync(path.join(folder, "home-")), keptKey());
}

type HowSigned = {
  readonly clock?: Clock;
  readonly onOpen?: (address: string) => void;
  /** Calls the sign-in off when it waits for its user. */
  readonly cancelling?: AbortController;
};

async function signInto(
  store: AccountStore,
  request: Partial<SignInRequest> = {},
  { clock = systemClock, onOpen, cancelling }: HowSigned = {},
): Promise<Result<Account>> {
  const whole = { kind: "browser", tenant: null, cloud: lab.cloudFile, ...request } as SignInRequest;
  const signedIn = await signIn(whole, {
    store,
    clock,
    environment: { AZURE_CLIENT_SECRET: application.secret },
    host: {
      async openBrowser(address) {
        if (onOpen === undefined) void browse(address, lab.authority.certificate);
        else onOpen(address);
        return true;
      },
      ...(cancelling === undefined ? {} : { signal: cancelling.signal }),
      tell(prompt) {
        if (cancelling !== undefined) cancelling.abort();
        else if (prompt.kind === "device-code") lab.entra.enterCode(prompt.code, "decline");
      },
    },
  });
  return signedIn.ok ? { ok: true, value: signedIn.value.account } : signedIn;
}

function sessionOf(store: AccountStore, environment: Environment = {}): AzureSession {
  const session = openSession(store, { environment, systemProxy: null });
  if (!session.ok) throw new Error(problemSentence(session.problem));
  sessions.push(session.value);
  return session.value;
}

async function signedIn(request: Partial<SignInRequest> = {}) {
  const store = newStore();
  const account = await signInto(store, request);
  if (!account.ok) throw new Error(problemSentence(account.problem));
  return { store, account: account.value, ...sessionOf(store) };
}

/** How tokens were asked for while something was done. */
async function grantsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = lab.entra.grants().length;
  await work();
  return lab.entra.grants().slice(before);
}

async function told(asked: Promise<Result<unknown>>): Promise<string> {
  const answer = await asked;
  return answer.ok ? "no problem" : problemSentence(answer.problem);
}

const principalRequest = () => ({
  kind: "service-principal" as const,
  clientId: application.clientId,
  tenant: lab.tenant,
});

describe("tokens of a user", () => {
  it("are those of each audience, and each is asked for once", async () => {
    const { tokens, store } = await signedIn();
    const ask = async () => {
      for (const audience of audiences) {
        const token = await tokens.token(audience);
        const resource = { "resource-manager": "management", ml: "ml", storage: "storage" }[audience];
        expect(token.ok && lab.entra.read(token.value.token, `https://${resource}.lab.test`)).toMatchObject({
          upn: "eva@lab.test",
        });
        expect(token.ok && token.value.expiresOn).toBeGreaterThan(Date.now() + 3_000_000);
      }
    };
    expect(await grantsDuring(ask)).toEqual(["refresh_token", "refresh_token"]);
    expect(await grantsDuring(ask)).toEqual([]);
    // Another program finds them, too.
    expect(await grantsDuring(() => sessionOf(store).tokens.token("ml"))).toEqual([]);
  });

  it("are asked for once by any number at the same time", async () => {
    const { tokens } = await signedIn();
    expect(await grantsDuring(() => Promise.all([1, 2, 3, 4].map(() => tokens.token("ml"))))).toEqual([
      "refresh_token",
    ]);
  });

  it("are renewed in silence when they are about to expire", async () => {
    lab.entra.setLifetime(60);
    const { tokens } = await signedIn();
    lab.entra.setLifetime(3_599);
    expect(await grantsDuring(() => tokens.token("resource-manager"))).toEqual(["refresh_token"]);
    expect(await grantsDuring(() => tokens.token("resource-manager"))).toEqual([]);
  });

  it("are gone with the account, for every program", async () => {
    const { tokens, store, account } = await signedIn();
    await store.remove([account]);
    expect(await told(tokens.token("resource-manager"))).toContain("eva@lab.test has to sign in again.");
    expect(openSession(store, { environment: {}, systemProxy: null })).toMatchObject({
      ok: false,
      problem: { kind: "azure/sign-in-needed" },
    });
    // A renewal that was under way does not bring it back.
    await store.update(account, { cache: "{}", secret: null });
    expect(store.list()).toEqual([]);
  });

  it("that were revoked need a sign-in, and the sentence says which command", async () => {
    const { tokens } = await signedIn();
    lab.entra.revokeAll();
    expect(await told(tokens.token("ml"))).toBe(
      "eva@lab.test has to sign in again. The sign-in was revoked, as happens when a password is changed. " +
        `Run: batchdeck login --tenant ${lab.tenant} --cloud ${lab.cloudFile}`,
    );
  });

  it.each([
    [70043, "The sign-in has expired."],
    [700082, "The sign-in was not used for too long."],
    [50076, "The organization asks for multifactor authentication."],
    [50079, "The organization asks for multifactor authentication."],
    [53003, "A Conditional Access policy of the organization does not allow it from here."],
    [65001, "The organization has not consented to this application."],
    [50058, "The session in the browser has ended."],
    [987654, "Microsoft Entra says: AADSTS987654: Entra's sentence for invalid_grant."],
  ])("that Entra refuses with AADSTS%i say so in words", async (number, sentence) => {
    const { tokens } = await signedIn();
    lab.entra.refuse({ number, error: "invalid_grant" });
    const problem = await told(tokens.token("ml"));
    expect(problem).toContain(`eva@lab.test has to sign in again. ${sentence}`);
    expect(problem).not.toContain("Trace ID");
  });

  it("carry what a service demands, and the next sign-in does when they cannot", async () => {
    const { tokens, store } = await signedIn();
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: "1764500000" } } });
    const token = await tokens.token("resource-manager", { claims });
    const read = token.ok ? lab.entra.read(token.value.token, "https://management.lab.test") : null;
    expect(JSON.parse(read?.claims ?? "")).toMatchObject({ access_token: { nbf: { value: "1764500000" } } });

    const stronger = JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } });
    lab.entra.refuse({ number: 50076, error: "interaction_required", suberror: "basic_action", claims: stronger });
    expect(await told(tokens.token("ml", { claims }))).toContain("multifactor");
    await signInto(store);
    const renewed = await sessionOf(store).tokens.token("resource-manager");
    const after = renewed.ok ? lab.entra.read(renewed.value.token, "https://management.lab.test") : null;
    expect(JSON.parse(after?.claims ?? "")).toMatchObject({ access_token: { acrs: { value: "c1" } } });
  });

  it("are not waited for by whoever cancelled", async () => {
    const { tokens } = await signedIn();
    lab.server.disturb(labHosts.login, "silence");
    const cancelled = new AbortController();
    const before = lab.server.requests().length;
    const asked = tokens.token("ml", { signal: cancelled.signal });
    await until(() => lab.server.requests().length > before);
    cancelled.abort();
    expect(await told(asked)).toBe("The request to Azure was cancelled.");
    expect(await tokens.token("ml")).toMatchObject({ ok: true });
  });
});

describe("tokens of an application", () => {
  it("that signed in are kept, and renewed with its secret", async () => {
    const { tokens, store } = await signedIn(principalRequest());
    expect(await grantsDuring(() => tokens.token("resource-manager"))).toEqual([]);
    const anew = sessionOf(store);
    expect(await grantsDuring(() => anew.tokens.token("ml"))).toEqual(["client_credentials"]);
    expect(await grantsDuring(() => anew.tokens.token("ml"))).toEqual([]);
    const demanded = () => anew.tokens.token("ml", { claims: '{"access_token":{"nbf":{"value":"1"}}}' });
    expect(await grantsDuring(demanded)).toEqual(["client_credentials"]);
  });

  it("that the environment names go before every account, and none is kept", async () => {
    const { store } = await signedIn();
    const environment = {
      AZURE_TENANT_ID: lab.tenant,
      AZURE_CLIENT_ID: application.clientId,
      AZURE_CLIENT_SECRET: application.secret,
      BATCHDECK_CLOUD: lab.cloudFile,
    };
    const { tokens, username } = sessionOf(store, environment);
    expect(username).toBe(application.clientId);
    expect(await grantsDuring(() => tokens.token("storage"))).toEqual(["client_credentials"]);
    expect(await grantsDuring(() => tokens.token("storage"))).toEqual([]);
    expect(store.list().map(({ type }) => type)).toEqual(["user"]);
    const wrong = sessionOf(store, { ...environment, AZURE_CLIENT_SECRET: "Wrong~" });
    expect(await told(wrong.tokens.token("ml"))).toBe(
      "Signing in failed. The client secret is wrong. Set AZURE_CLIENT_SECRET to the secret's value, not to its ID.",
    );
  });
});

describe("tokens of a managed identity", () => {
  const variables: Record<string, string> = { IDENTITY_HEADER: "Header~of-the-machine" };
  afterAll(() => Object.keys(variables).forEach((name) => delete process.env[name]));

  it("come from the computer itself, and are refused where it has none", async () => {
    const asked: string[] = [];
    const metadata = createServer(({ url, headers }, response) => {
      asked.push(`${url} ${String(headers["x-identity-header"])}`);
      const expires_on = String(Math.floor(Date.now() / 1000) + 3_600);
      const body = { access_token: "of-the-machine", expires_on, resource: "r", token_type: "Bearer" };
      response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => metadata.listen(0, "127.0.0.1", listening));
    variables["IDENTITY_ENDPOINT"] = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}/msi/token`;
    Object.assign(process.env, variables);
    const store = newStore();
    const login = (clientId: string | null) =>
      signIn(
        { kind: "managed-identity", clientId, cloud: lab.cloudFile },
        { ...nobodyThere, store, environment: variables },
      );
    expect(await login("id-7")).toMatchObject({ ok: true, value: { unkept: null } });
    const [first = ""] = asked;
    expect(first).toMatch(/resource=https%3A%2F%2Fmanagement\.lab\.test&client_id=id-7&.* Header~of-the-machine$/);
    const token = await sessionOf(store, variables).tokens.token("ml");
    expect(token).toMatchObject({ ok: true, value: { token: "of-the-machine" } });

    metadata.closeAllConnections();
    metadata.close();
    expect(await told(login(null))).toContain("Signing in failed. This computer has no such managed identity.");
    expect(store.list().map(({ username }) => username)).toEqual(["id-7"]);
  });
});

describe("a sign-in", () => {
  it("that nobody finishes is given up, and its port is closed", async () => {
    const timers: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      setTimeout(work) {
        timers.push(work);
        return { cancel: () => {} };
      },
    };
    let port = "";
    const onOpen = (address: string) => {
      port = new URL(new URL(address).searchParams.get("redirect_uri") ?? "").port;
      setImmediate(() => timers.forEach((work) => work()));
    };
    const problem = await told(signInto(newStore(), {}, { clock, onOpen }));
    expect(problem).toBe("Signing in failed. Nobody finished it within 10 minutes.");
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it.each(["browser", "device-code"] as const)(
    "by %s that is called off ends at once and leaves nothing",
    async (kind) => {
      const store = newStore();
      let port = "";
      const onOpen = (address: string) => {
        port = new URL(new URL(address).searchParams.get("redirect_uri") ?? "").port;
      };
      const problem = await signInto(store, { kind }, { onOpen, cancelling: new AbortController() });
      expect(problem).toMatchObject({ ok: false, problem: { kind: "azure/cancelled" } });
      expect(store.list()).toEqual([]);
      if (kind === "browser") await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    },
  );

  it("with a code ends when the user declines", async () => {
    expect(await told(signInto(newStore(), { kind: "device-code" }))).toBe(
      "Signing in failed. It was declined in the browser.",
    );
  });

  it("to a tenant that is not there says so", async () => {
    expect(await told(signInto(newStore(), { ...principalRequest(), tenant: "nowhere.lab.test" }))).toBe(
      "Signing in failed. There is no such tenant. Check the tenant and the cloud.",
    );
  });
});

describe("two programs with a key each", () => {
  it("sign in and out in one workspace, and neither undoes what the other did", async () => {
    const home = fs.mkdtempSync(path.join(folder, "home-"));
    const terminal = createAccountStore(home, keptKey("accounts"));
    const inWindow = createAccountStore(home, keptKey("window-accounts"));
    const account = await signInto(terminal);
    await signInto(inWindow);
    const token = async (store: AccountStore) => told(sessionOf(store).tokens.token("ml"));
    expect([await token(terminal), await token(inWindow)]).toEqual(["no problem", "no problem"]);
    if (account.ok) await inWindow.remove([account.value]);
    expect([terminal.list().length, inWindow.list().length]).toEqual([1, 0]);
    expect(await token(terminal)).toBe("no problem");
  });
});
