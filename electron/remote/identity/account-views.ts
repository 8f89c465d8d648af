import { failure, type Result, success } from "../../contract/problem.ts";
import type { AccountView } from "../../contract/views/account.ts";
import { readCloud } from "../clouds.ts";
import type { Environment } from "../network/proxy.ts";
import type { Account } from "./account.ts";
import type { AccountStore } from "./account-store.ts";
import { principalIn } from "./credentials.ts";

/** The service principal that the environment names: it goes before every account that signed in. Null: none. */
export function environmentView(environment: Environment): Result<AccountView | null> {
  const principal = principalIn(environment);
  if (principal === null) return success(null);
  const cloud = readCloud(cloudIn(environment));
  if (!cloud.ok) return cloud;
  return success({
    username: principal.clientId,
    type: "service_principal",
    tenant_id: principal.tenant,
    cloud: cloud.value.name,
    active: true,
    tokens: null,
  });
}

/** What BATCHDECK_CLOUD says; null: nothing. */
export function cloudIn(environment: Environment): string | null {
  return environment["BATCHDECK_CLOUD"] || null;
}

export function accountView(account: Account, isActive: boolean, store: AccountStore): AccountView {
  return {
    username: account.username,
    type: account.type,
    tenant_id: account.type === "managed_identity" ? null : account.tenant_id,
    cloud: account.cloud_name,
    active: isActive,
    tokens: store.tokensOf(account),
  };
}

/** The account of that name; `tenant` null: of any tenant. Problem: azure/account-not-found. */
export function findAccount(store: AccountStore, username: string, tenant: string | null): Result<Account> {
  const accounts = store.list();
  const named = accountsNamed(accounts, username);
  const found = tenant === null ? named : named.filter((account) => tenantOf(account) === tenant.toLowerCase());
  const [account, other] = found;
  if (account === undefined) {
    return failure("azure/account-not-found", { username, known: accounts.map((one) => one.username) });
  }
  if (other === undefined) return success(account);
  return failure("azure/account-not-found:several", { username, tenants: found.map(tenantOf) });
}

export function accountsNamed(accounts: readonly Account[], username: string): readonly Account[] {
  return accounts.filter((account) => account.username.toLowerCase() === username.toLowerCase());
}

function tenantOf(account: Account): string {
  return account.type === "managed_identity" ? "" : account.tenant_id.toLowerCase();
}
