import type { AuthenticationResult, ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import { failure, type Problem, problemOf, type Result, success } from "../../contract/problem.ts";
import { codeOf } from "../../contract/errno.ts";
import type { SignInRefusal } from "../../contract/words/english/parts/sign-in-words.ts";
import type { Cloud } from "../clouds.ts";
import { timedOut } from "../network/network-problems.ts";
import type { RemoteNetwork } from "../network/remote-network.ts";
import { withinTime } from "../network/time-limit.ts";
import type { AccessToken, Audience, TokenSource } from "../tokens.ts";
import type { Account, ManagedIdentity, Secrets, ServicePrincipal, UserAccount } from "./account.ts";
import type { AccountStore } from "./account-store.ts";
import type { Credential, EnvironmentPrincipal } from "./credentials.ts";
import { managedIdentityClient, principalClient, resourceOf, scopesOf, userClient } from "./msal-clients.ts";
import { createMsalNetwork, type MsalNetwork } from "./msal-network.ts";
import { type Outcome, outcomeOf } from "./sign-in-problems.ts";

type Demand = {
  readonly audience: Audience;
  readonly claims: string | null;
  readonly refused: string | null;
  readonly signal: AbortSignal | null;
  /** Aborted when its turn took too long: others have theirs, and what it finds later is not written down. */
  readonly turn: AbortSignal;
};
type Acquire = (demand: Demand) => Promise<Result<AccessToken>>;

/** Tokens of an account that signed in before. */
export function tokensOfAccount(
  account: Account,
  cloud: Cloud,
  network: RemoteNetwork,
  store: AccountStore,
): TokenSource {
  switch (account.type) {
    case "user":
      return inTurn(cloud, userTokens(account, cloud, network, store));
    case "service_principal":
      return inTurn(cloud, keptPrincipalTokens(account, cloud, network, store));
    case "managed_identity":
      return inTurn(cloud, managedIdentityTokens(account, cloud, network));
  }
}

/** Tokens of the service principal that the environment names: they are kept in this process only. */
export function tokensOfEnvironment(
  principal: EnvironmentPrincipal,
  cloud: Cloud,
  network: RemoteNetwork,
): TokenSource {
  const msal = createMsalNetwork(network.signInClient, network.problemOf);
  const client = principalClient(cloud, principal, msal);
  return inTurn(cloud, async (demand) => (client.ok ? askPrincipal(client.value, cloud, demand, msal) : client));
}

/** With what a keyring and Entra take, each of which knows limits of its own or none. */
const turnMs = 4 * 60_000;

/** One request at a time: the second one finds what the first one got, and each knows its own trouble. None holds up the others for good. */
function inTurn({ authority }: Cloud, acquire: Acquire): TokenSource {
  let last: Promise<unknown> = Promise.resolve();

  async function inTime(demand: Omit<Demand, "turn">): Promise<Result<AccessToken>> {
    try {
      return await withinTime(({ signal: turn }) => acquire({ ...demand, turn }), {
        ms: turnMs,
        graceMs: 0,
        signal: null,
      });
    } catch (error) {
      if (codeOf(error) !== timedOut) throw error;
      return failure("azure/unreachable:time", { host: new URL(authority).host, proxy: null });
    }
  }

  return {
    token(audience, { claims, refused, signal } = {}) {
      const demand = { audience, claims: claims ?? null, refused: refused ?? null, signal: signal ?? null };
      const turn = last.then(() => (signal?.aborted === true ? cancelled : inTime(demand)));
      last = turn.catch(() => {});
      return signal === undefined ? turn : Promise.race([turn, cancellation(signal)]);
    },
  };
}

const cancelled = failure("azure/cancelled");

function cancellation(signal: AbortSignal): Promise<Result<AccessToken>> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(cancelled);
    else signal.addEventListener("abort", () => resolve(cancelled), { once: true });
  });
}

function userTokens(account: UserAccount, cloud: Cloud, network: RemoteNetwork, store: AccountStore): Acquire {
  const msal = createMsalNetwork(network.signInClient, network.problemOf);
  const client = userClient(cloud, account.tenant_id, msal);
  return ({ audience, claims, refused, signal, turn }) =>
    withCache(client, account, store, turn, async () => {
      msal.cancelBy(signal);
      const known = await client.getTokenCache().getAccountByHomeId(account.home_account_id);
      if (known === null) return again(account, "no-tokens");
      try {
        const scopes = scopesOf(cloud, audience);
        const result = await anewIf(refused, (isAnew) =>
          client.acquireTokenSilent({
            account: known,
            scopes,
            ...(claims === null ? { forceRefresh: isAnew } : { claims, forceRefresh: true }),
          }),
        );
        return success(tokenOf(result));
      } catch (error) {
        const outcome = outcomeOf(error, msal.trouble());
        if (outcome.kind === "problem") return { ok: false, problem: outcome.problem };
        const demanded = outcome.claims ?? claims;
        if (demanded !== null) await store.update({ ...account, claims: demanded });
        return {
          ok: false,
          problem: signInAgain(account, demanded === null ? outcome.refusal : strongerThan(outcome)),
        };
      }
    });
}

/** MSAL gives what it has; when that is what a service refused, it is asked for another one. */
async function anewIf<Token extends AuthenticationResult | null>(
  refused: string | null,
  ask: (isAnew: boolean) => Promise<Token>,
): Promise<Token> {
  const token = await ask(false);
  return token !== null && token.accessToken === refused ? ask(true) : token;
}

/** A service asked for more than the sign-in gave: when Entra names no better reason, that is the reason. */
function strongerThan({ refusal }: Extract<Outcome, { readonly kind: "refused" }>): SignInRefusal {
  return refusal.kind === "other" || refusal.kind === "expired" ? { kind: "stronger-proof", params: {} } : refusal;
}

function keptPrincipalTokens(
  account: ServicePrincipal,
  cloud: Cloud,
  network: RemoteNetwork,
  store: AccountStore,
): Acquire {
  const msal = createMsalNetwork(network.signInClient, network.problemOf);
  let client: ConfidentialClientApplication | null = null;
  return async (demand) => {
    const secrets = await store.secretsOf(account);
    if (!secrets.ok) return secrets;
    const credential = credentialOf(account, secrets.value);
    if (credential === null) return again(account, "unreadable-tokens");
    if (client === null) {
      const { tenant_id: tenant, username: clientId } = account;
      const made = principalClient(cloud, { tenant, clientId, credential }, msal);
      if (!made.ok) return made;
      client = made.value;
    }
    const ready = client;
    return withCache(ready, account, store, demand.turn, () => askPrincipal(ready, cloud, demand, msal));
  };
}

function credentialOf({ certificate_path }: ServicePrincipal, secrets: Secrets | null): Credential | null {
  if (secrets === null) return null;
  if (certificate_path !== null) return { kind: "certificate", path: certificate_path };
  return secrets.secret === null ? null : { kind: "secret", secret: secrets.secret };
}

async function askPrincipal(
  client: ConfidentialClientApplication,
  cloud: Cloud,
  { audience, claims, refused, signal }: Demand,
  msal: MsalNetwork,
): Promise<Result<AccessToken>> {
  msal.cancelBy(signal);
  const scopes = scopesOf(cloud, audience);
  return asked(msal, () =>
    anewIf(refused, (skipCache) =>
      client.acquireTokenByClientCredential({ scopes, skipCache, ...(claims === null ? {} : { claims }) }),
    ),
  );
}

/** MSAL asks by the first one that it was given in a process, whoever asks. */
let metadataNetwork: MsalNetwork | null = null;

function managedIdentityTokens({ client_id }: ManagedIdentity, cloud: Cloud, network: RemoteNetwork): Acquire {
  metadataNetwork ??= createMsalNetwork(network.metadataClient, network.problemOf);
  const msal = metadataNetwork;
  const client = managedIdentityClient(client_id, msal);
  return ({ audience, claims, refused, signal }) => {
    msal.cancelBy(signal);
    const resource = resourceOf(cloud, audience);
    return asked(msal, () =>
      anewIf(refused, (forceRefresh) =>
        client.acquireToken({ resource, forceRefresh, ...(claims === null ? {} : { claims }) }),
      ),
    );
  };
}

async function asked(msal: MsalNetwork, ask: () => Promise<AuthenticationResult | null>): Promise<Result<AccessToken>> {
  try {
    return success(tokenOf(await ask()));
  } catch (error) {
    const outcome = outcomeOf(error, msal.trouble());
    if (outcome.kind === "problem") return { ok: false, problem: outcome.problem };
    return failure("azure/sign-in-failed", { refusal: outcome.refusal });
  }
}

/** Lets the client start with the tokens that are kept, and keeps what it got. Each time: another program may have renewed them. */
async function withCache(
  client: PublicClientApplication | ConfidentialClientApplication,
  account: UserAccount | ServicePrincipal,
  store: AccountStore,
  turn: AbortSignal,
  work: () => Promise<Result<AccessToken>>,
): Promise<Result<AccessToken>> {
  const secrets = await store.secretsOf(account);
  if (!secrets.ok) return secrets;
  if (secrets.value === null) return again(account, "unreadable-tokens");
  const cache = client.getTokenCache();
  cache.deserialize(secrets.value.cache);
  const token = await work();
  const now = cache.serialize();
  if (now !== secrets.value.cache && !turn.aborted) await store.update(account, { ...secrets.value, cache: now });
  return token;
}

function tokenOf(result: AuthenticationResult | null): AccessToken {
  if (result === null) throw new Error("MSAL gave no token.");
  return { token: result.accessToken, expiresOn: result.expiresOn?.getTime() ?? Date.now() };
}

function again(account: UserAccount | ServicePrincipal, kind: "no-tokens" | "unreadable-tokens"): Result<AccessToken> {
  return { ok: false, problem: signInAgain(account, { kind, params: {} }) };
}

export function signInAgain(account: UserAccount | ServicePrincipal, refusal: SignInRefusal): Problem {
  const { username, tenant_id: tenant, cloud } = account;
  const how = account.type === "user" ? "" : ` --service-principal -u ${username}`;
  const where = cloud === "AzureCloud" ? "" : ` --cloud ${cloud}`;
  const command = `batchdeck login${how} --tenant ${tenant}${where}`;
  return problemOf("azure/sign-in-needed:again", { username, command, refusal });
}
