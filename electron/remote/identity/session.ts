import { failure, type Result, success } from "../../contract/problem.ts";
import { type Cloud, readCloud } from "../clouds.ts";
import type { NetworkSettings } from "../network/proxy.ts";
import { openRemoteNetwork, type RemoteNetwork } from "../network/remote-network.ts";
import type { TokenSource } from "../tokens.ts";
import { type Account, accountId } from "./account.ts";
import type { AccountStore } from "./account-store.ts";
import { cloudIn } from "./account-views.ts";
import { checkTenant, principalIn } from "./credentials.ts";
import { tokensOfAccount, tokensOfEnvironment } from "./token-source.ts";

/** The active account at work: its cloud, the way there, and its tokens. */
export type AzureSession = {
  readonly username: string;
  /** Tells it from every other account, also of the same name in another tenant or cloud. */
  readonly accountId: string;
  readonly cloud: Cloud;
  readonly network: RemoteNetwork;
  readonly tokens: TokenSource;
  readonly close: () => void;
};

/**
 * Of the service principal that the environment names, else of the active account. Opens no socket. Problems:
 * azure/sign-in-needed, azure/invalid-cloud.
 */
export function openSession(store: AccountStore, settings: NetworkSettings): Result<AzureSession> {
  const named = ofEnvironment(settings);
  if (named !== null) return named.ok ? named.value.open() : named;
  const account = store.active();
  if (account === null) return nobody(store);
  return sessionOfAccount(account, settings, store);
}

/** Of that account, active or not; null: it is not signed in. As `openSession` else. */
export function openSessionOf(id: string, store: AccountStore, settings: NetworkSettings): Result<AzureSession> | null {
  const named = ofEnvironment(settings);
  if (named?.ok === true && named.value.id === id) return named.value.open();
  const account = store.list().find((one) => one.id === id);
  return account === undefined ? null : sessionOfAccount(account, settings, store);
}

/** Whether nobody signs that account in: the environment names it, or it is that of the machine. */
export function isUnattended(id: string, store: AccountStore, settings: NetworkSettings): boolean {
  const named = ofEnvironment(settings);
  if (named?.ok === true && named.value.id === id) return true;
  return store.list().some((account) => account.id === id && account.type === "managed_identity");
}

function sessionOfAccount(account: Account, settings: NetworkSettings, store: AccountStore): Result<AzureSession> {
  return sessionOf(account, settings, (cloud, network) => tokensOfAccount(account, cloud, network, store));
}

/** The service principal that the environment names; null: none. */
function ofEnvironment(
  settings: NetworkSettings,
): Result<{ readonly id: string; readonly open: () => Result<AzureSession> }> | null {
  const principal = principalIn(settings.environment);
  if (principal === null) return null;
  const tenant = checkTenant(principal.tenant);
  if (!tenant.ok) return tenant;
  const cloud = cloudIn(settings.environment);
  const id = accountId("service_principal", cloud ?? "", principal.tenant, principal.clientId);
  const open = () =>
    sessionOf({ id, username: principal.clientId, cloud }, settings, (cloud, network) =>
      tokensOfEnvironment(principal, cloud, network),
    );
  return success({ id, open });
}

function sessionOf(
  who: { readonly id: string; readonly username: string; readonly cloud: string | null },
  { environment, systemProxy }: NetworkSettings,
  tokensIn: (cloud: Cloud, network: RemoteNetwork) => TokenSource,
): Result<AzureSession> {
  const cloud = readCloud(who.cloud);
  if (!cloud.ok) return cloud;
  const network = openRemoteNetwork(cloud.value, environment, systemProxy);
  if (!network.ok) return network;
  const tokens = tokensIn(cloud.value, network.value);
  return success({
    username: who.username,
    accountId: who.id,
    cloud: cloud.value,
    network: network.value,
    tokens,
    close: network.value.close,
  });
}

function nobody(store: AccountStore) {
  const usernames = store.list().map(({ username }) => username);
  return usernames.length === 0
    ? failure("azure/sign-in-needed")
    : failure("azure/sign-in-needed:choose", { usernames });
}
