import type { EventPayload } from "../../contract/channels.ts";
import { success } from "../../contract/problem.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { CallHandlers } from "../call.ts";
import type { Desktop } from "../desktop.ts";

type AccountCalls = Pick<
  CallHandlers,
  "accounts:sign-in" | "accounts:cancel-sign-in" | "accounts:set-active" | "accounts:sign-out"
>;

/** Signing in to Azure and out of it. One sign-in waits at a time: another one ends it. No token leaves this process. */
export function accountHandlers(
  { accounts }: Workspace,
  desktop: Desktop,
  told: {
    readonly onChanged: () => void;
    readonly onPrompt: (prompt: EventPayload<"accounts:prompt">) => void;
  },
): AccountCalls {
  let waiting: AbortController | null = null;
  return {
    async "accounts:sign-in"({ kind, tenant }) {
      waiting?.abort();
      const own = new AbortController();
      waiting = own;
      const signedIn = await accounts.signIn(
        { kind, tenant, cloud: null },
        {
          openBrowser: desktop.openSignInPage,
          tell: (prompt) => {
            if (waiting === own) told.onPrompt(prompt);
          },
          signal: own.signal,
        },
      );
      if (waiting === own) waiting = null;
      told.onChanged();
      return signedIn.ok ? success(signedIn.value.account) : signedIn;
    },
    "accounts:cancel-sign-in"() {
      waiting?.abort();
      return success(null);
    },
    "accounts:set-active"({ username, tenant_id }) {
      const active = accounts.setActive(username, tenant_id);
      told.onChanged();
      return active;
    },
    async "accounts:sign-out"(account) {
      const left = await accounts.signOut(
        account === null ? { all: true } : { username: account.username, tenant: account.tenant_id },
      );
      told.onChanged();
      return left.ok ? success(null) : left;
    },
  };
}
