import { failure, type Problem, type Result, success } from "../../contract/problem.ts";
import { systemClock } from "../../compute/clock.ts";
import type { AccountView, SignInRequest } from "../../contract/views/account.ts";
import {
  accountsNamed,
  accountView,
  cloudIn,
  environmentView,
  findAccount,
} from "../../remote/identity/account-views.ts";
import type { Account } from "../../remote/identity/account.ts";
import type { SignInHost } from "../../remote/identity/user-sign-in.ts";
import type { WorkspaceContext } from "../context.ts";

export type { SignInHost } from "../../remote/identity/user-sign-in.ts";

/** Who is signed in to Azure. Only signing in opens a socket. */
export type Accounts = {
  /** By name; that of the environment first. Problem: azure/invalid-cloud. */
  readonly list: () => Result<readonly AccountView[]>;
  /** The active one. Problems: azure/sign-in-needed, azure/invalid-cloud. */
  readonly show: () => Result<AccountView>;
  /** `tenant` null: the name is enough. Problem: azure/account-not-found. */
  readonly setActive: (username: string, tenant: string | null) => Result<AccountView>;
  /**
   * `unkept`: why the tokens are gone when this program ends; null: they are kept. Problems: azure/sign-in-failed,
   * azure/invalid-cloud, azure/unreachable, azure/host-refused, azure/cancelled.
   */
  readonly signIn: (
    request: SignInRequest,
    host: SignInHost,
  ) => Promise<Result<{ readonly account: AccountView; readonly unkept: Problem | null }>>;
  /**
   * Removes the account of that name in every tenant or in one, the active one (null) or all, with their tokens and with what was
   * last seen of Azure; returns their names.
   * Problems: azure/sign-in-needed, azure/account-not-found, azure/keyring.
   */
  readonly signOut: (who: Leaving) => Promise<Result<readonly string[]>>;
};

type Leaving = string | null | { readonly all: true } | { readonly username: string; readonly tenant: string | null };

export function createAccounts({ registry, azure }: WorkspaceContext): Accounts {
  const { accounts: store, environment, systemProxy } = azure;

  function list(): Result<readonly AccountView[]> {
    const named = environmentView(environment);
    if (!named.ok) return named;
    const active = named.value === null ? store.active() : null;
    const signedIn = store.list().map((account) => accountView(account, account.id === active?.id, store));
    return success(named.value === null ? signedIn : [named.value, ...signedIn]);
  }

  function leaving(who: Leaving): Result<readonly Account[]> {
    const all = store.list();
    if (who === null) {
      const active = store.active();
      if (active !== null) return success([active]);
      const usernames = all.map((account) => account.username);
      return all.length === 0 ? failure("azure/sign-in-needed") : failure("azure/sign-in-needed:choose", { usernames });
    }
    if (typeof who !== "string") {
      if ("all" in who) return success(all);
      const found = findAccount(store, who.username, who.tenant);
      return found.ok ? success([found.value]) : found;
    }
    const named = accountsNamed(all, who);
    if (named.length > 0) return success(named);
    return failure("azure/account-not-found", { username: who, known: all.map((account) => account.username) });
  }

  return {
    list,
    show() {
      const views = list();
      if (!views.ok) return views;
      const active = views.value.find((view) => view.active);
      if (active !== undefined) return success(active);
      const usernames = views.value.map((view) => view.username);
      return usernames.length === 0
        ? failure("azure/sign-in-needed")
        : failure("azure/sign-in-needed:choose", { usernames });
    },
    setActive(username, tenant) {
      const named = environmentView(environment);
      if (!named.ok) return named;
      if (named.value !== null) return failure("azure/account-not-found:environment");
      const found = findAccount(store, username, tenant);
      if (!found.ok) return found;
      store.setActive(found.value);
      return success(accountView(found.value, true, store));
    },
    async signIn(request, host) {
      const { signIn } = await import("../../remote/azure.ts");
      const cloud = request.cloud ?? cloudIn(environment);
      const surroundings = { store, environment, systemProxy, host, clock: systemClock };
      const signedIn = await signIn({ ...request, cloud }, surroundings);
      if (!signedIn.ok) return signedIn;
      const { account, unkept } = signedIn.value;
      return success({ account: accountView(account, true, store), unkept });
    },
    async signOut(who) {
      const accounts = leaving(who);
      if (!accounts.ok) return accounts;
      const removed = await store.remove(accounts.value);
      for (const { id } of accounts.value) registry.azure.forgetAnswers(id);
      return removed.ok ? success(accounts.value.map((account) => account.username)) : removed;
    },
  };
}
