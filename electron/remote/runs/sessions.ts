import type { HttpClient } from "@azure/core-rest-pipeline";
import type { Clock } from "../../compute/clock.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { failure, problemOf, type Result, success } from "../../contract/problem.ts";
import type { AccountStore } from "../identity/account-store.ts";
import { type AzureSession, isUnattended, openSessionOf } from "../identity/session.ts";
import { NetworkRefusal } from "../network/network-problems.ts";
import type { NetworkSettings } from "../network/proxy.ts";

/** The accounts of jobs at work, each opened once for each sign-in: after a sign-out, nothing goes out for it any more. */
export type Sessions = {
  /** Problems: azure/sign-in-needed, azure/invalid-cloud, azure/other-cloud. */
  readonly of: (spec: AzureJobSpec) => Result<JobSession>;
  /**
   * It has to sign in: the next `of` looks anew, and until somebody signs in with the account, `isChanged` is false. `session`: the one
   * that gave no token, unless somebody has signed in since; null: there was none.
   */
  readonly drop: (spec: AzureJobSpec, session: JobSession | null) => void;
  /**
   * Whether an account that had to sign in may give tokens again: something was written of it since. One that nobody signs in, of the
   * environment or of the machine, may do so after a while.
   */
  readonly isChanged: (spec: AzureJobSpec) => boolean;
  readonly close: () => void;
};

/** `version`: the sign-in that it came from, as the store has it. */
export type JobSession = AzureSession & { readonly version: string | null };

/** What refuses an application or a machine is seen to elsewhere, and not in seconds. */
const unattendedMs = 60_000;

export function createSessions(store: AccountStore, settings: NetworkSettings, clock: Pick<Clock, "now">): Sessions {
  const open = new Map<string, JobSession>();
  const dropped = new Map<string, { readonly version: string | null; readonly atMs: number }>();

  function end(accountId: string): void {
    open.get(accountId)?.close();
    open.delete(accountId);
  }

  return {
    of({ name: job, azure }) {
      const version = store.version(azure.accountId);
      const known = open.get(azure.accountId);
      if (known?.version === version) return success(known);
      end(azure.accountId);
      const opened = openSessionOf(azure.accountId, store, settings);
      if (opened === null) return failure("azure/sign-in-needed:job", { job, account: azure.runAs });
      if (!opened.ok) return opened;
      const { cloud } = opened.value;
      if (cloud.name !== azure.cloud) {
        opened.value.close();
        return failure("azure/other-cloud", { job, cloud: azure.cloud, active: cloud.name });
      }
      const session = { ...whileSignedIn(opened.value, version, () => store.version(azure.accountId)), version };
      open.set(azure.accountId, session);
      return success(session);
    },
    drop({ azure: { accountId } }, session) {
      const version = store.version(accountId);
      if (session !== null && version !== null && session.version !== version) return;
      end(accountId);
      dropped.set(accountId, { version, atMs: clock.now() });
    },
    isChanged({ azure: { accountId } }) {
      const before = dropped.get(accountId);
      if (before === undefined || before.version !== store.version(accountId)) return true;
      return isUnattended(accountId, store, settings) && clock.now() - before.atMs >= unattendedMs;
    },
    close() {
      for (const accountId of [...open.keys()]) end(accountId);
    },
  };
}

/**
 * Asked with each request: one that is at work with a token, such as a long upload, ends with the sign-in that it came from. After a
 * new sign-in that is no fault of the account: the work is cut short, and taken up with the session of now.
 */
function whileSignedIn(session: AzureSession, version: string | null, versionNow: () => string | null): AzureSession {
  const { network } = session;
  const httpClient: HttpClient = {
    sendRequest(request) {
      const now = versionNow();
      if (now === version) return network.httpClient.sendRequest(request);
      return Promise.reject(new NetworkRefusal(problemOf(now === null ? "azure/sign-in-needed" : "azure/cancelled")));
    },
  };
  return { ...session, network: { ...network, httpClient } };
}
