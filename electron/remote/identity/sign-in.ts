import type { AuthenticationResult, PublicClientApplication } from "@azure/msal-node";
import path from "node:path";
import type { Clock } from "../../compute/clock.ts";
import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import type { SignInRequest } from "../../contract/views/account.ts";
import { builtInClouds, type Cloud, readCloud } from "../clouds.ts";
import type { Environment, SystemProxy } from "../network/proxy.ts";
import { openRemoteNetwork, type RemoteNetwork } from "../network/remote-network.ts";
import { type Account, accountId } from "./account.ts";
import type { AccountStore } from "./account-store.ts";
import { checkTenant, credentialIn } from "./credentials.ts";
import { principalClient, scopesOf, userClient } from "./msal-clients.ts";
import { createMsalNetwork } from "./msal-network.ts";
import { failedSignIn, outcomeOf } from "./sign-in-problems.ts";
import { tokensOfAccount } from "./token-source.ts";
import { minutesToSignIn, SignInEnded, type SignInHost, signInWithBrowser, signInWithCode } from "./user-sign-in.ts";

type Surroundings = {
  readonly store: AccountStore;
  readonly environment: Environment;
  readonly systemProxy?: SystemProxy | null;
  readonly host: SignInHost;
  readonly clock: Clock;
};

/** `unkept`: why its tokens are gone when this program ends; null: they are kept. */
export type SignedIn = { readonly account: Account; readonly unkept: Problem | null };

type Place = { readonly cloud: Cloud; readonly named: string; readonly network: RemoteNetwork };

/**
 * Signs somebody in, which makes the account the active one. Nothing is kept of a sign-in that fails. Problems:
 * azure/sign-in-failed, azure/invalid-cloud, azure/unreachable, azure/host-refused, azure/cancelled.
 */
export async function signIn(request: SignInRequest, surroundings: Surroundings): Promise<Result<SignedIn>> {
  const cloud = readCloud(request.cloud);
  if (!cloud.ok) return cloud;
  const network = openRemoteNetwork(cloud.value, surroundings.environment, surroundings.systemProxy);
  if (!network.ok) return network;
  try {
    const named = lastingName(cloud.value, request.cloud);
    const signedIn = await signInAs(request, { cloud: cloud.value, named, network: network.value }, surroundings);
    if (signedIn.ok) surroundings.store.setActive(signedIn.value.account);
    return signedIn;
  } finally {
    network.value.close();
  }
}

/** How a later command, in another folder, finds the cloud. */
function lastingName(cloud: Cloud, given: string | null): string {
  return given === null || builtInClouds.includes(cloud) ? cloud.name : path.resolve(given);
}

function signInAs(request: SignInRequest, place: Place, surroundings: Surroundings): Promise<Result<SignedIn>> {
  switch (request.kind) {
    case "browser":
    case "device-code":
      return signInUser(request, place, surroundings);
    case "service-principal":
      return signInPrincipal(request, place, surroundings);
    case "managed-identity":
      return signInManagedIdentity(request.clientId, place, surroundings.store);
  }
}

async function signInUser(
  { kind, tenant }: { readonly kind: "browser" | "device-code"; readonly tenant: string | null },
  { cloud, named, network }: Place,
  { store, host, clock }: Surroundings,
): Promise<Result<SignedIn>> {
  const checked = tenant === null ? success(null) : checkTenant(tenant);
  if (!checked.ok) return checked;
  const msal = createMsalNetwork(network.signInClient, network.problemOf);
  msal.cancelBy(host.signal ?? null);
  const client = userClient(cloud, checked.value, msal);
  const { authority } = cloud;
  const request = { scopes: scopesOf(cloud, "resource-manager"), claims: demandedClaims(store, named), authority };
  let result: AuthenticationResult | null;
  try {
    result = await (kind === "browser"
      ? signInWithBrowser(client, request, host, clock)
      : signInWithCode(client, request, host));
  } catch (error) {
    if (host.signal?.aborted === true) return failure("azure/cancelled");
    if (error instanceof SignInEnded) {
      const refusal = { kind: "abandoned", params: { minutes: minutesToSignIn } } as const;
      return failure("azure/sign-in-failed", { refusal });
    }
    return { ok: false, problem: failedSignIn(outcomeOf(error, msal.trouble())) };
  }
  return keepUser(client, result, { cloud, named }, store);
}

/** A service asked the active account for more than its sign-in gave: the next one in that cloud brings it. */
function demandedClaims(store: AccountStore, named: string): string | null {
  const active = store.active();
  return active?.type === "user" && active.cloud === named ? active.claims : null;
}

async function keepUser(
  client: PublicClientApplication,
  result: AuthenticationResult | null,
  { cloud, named }: Pick<Place, "cloud" | "named">,
  store: AccountStore,
): Promise<Result<SignedIn>> {
  const known = result?.account ?? null;
  if (known === null) throw new Error("MSAL gave no account.");
  const { homeAccountId, tenantId } = known;
  const account: Account = {
    type: "user",
    id: accountId("user", named, tenantId, homeAccountId),
    username: known.username || known.name || homeAccountId,
    tenant_id: tenantId,
    home_account_id: homeAccountId,
    cloud_name: cloud.name,
    cloud: named,
    claims: null,
  };
  const unkept = await store.keep(account, { cache: client.getTokenCache().serialize(), secret: null });
  return success({ account, unkept });
}

async function signInPrincipal(
  { clientId, tenant }: { readonly clientId: string; readonly tenant: string },
  { cloud, named, network }: Place,
  { store, environment }: Surroundings,
): Promise<Result<SignedIn>> {
  const checked = checkTenant(tenant);
  if (!checked.ok) return checked;
  const credential = credentialIn(environment);
  if (credential === null) return failure("azure/sign-in-failed:secret-missing");
  const msal = createMsalNetwork(network.signInClient, network.problemOf);
  const client = principalClient(cloud, { tenant, clientId, credential }, msal);
  if (!client.ok) return client;
  try {
    await client.value.acquireTokenByClientCredential({ scopes: scopesOf(cloud, "resource-manager") });
  } catch (error) {
    return { ok: false, problem: failedSignIn(outcomeOf(error, msal.trouble())) };
  }
  const account: Account = {
    type: "service_principal",
    id: accountId("service_principal", named, tenant, clientId),
    username: clientId,
    tenant_id: tenant,
    certificate_path: credential.kind === "certificate" ? credential.path : null,
    cloud_name: cloud.name,
    cloud: named,
    claims: null,
  };
  const secret = credential.kind === "secret" ? credential.secret : null;
  const unkept = await store.keep(account, { cache: client.value.getTokenCache().serialize(), secret });
  return success({ account, unkept });
}

async function signInManagedIdentity(
  clientId: string | null,
  { cloud, named, network }: Place,
  store: AccountStore,
): Promise<Result<SignedIn>> {
  const username = clientId ?? "systemAssignedIdentity";
  const account: Account = {
    type: "managed_identity",
    id: accountId("managed_identity", named, "", username),
    username,
    client_id: clientId,
    cloud_name: cloud.name,
    cloud: named,
    claims: null,
  };
  const token = await tokensOfAccount(account, cloud, network, store).token("resource-manager");
  if (!token.ok) return token;
  return success({ account, unkept: await store.keep(account, null) });
}
