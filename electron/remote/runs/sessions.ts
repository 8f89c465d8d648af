import type { Clock } from "../../compute/clock.ts";
import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { failure, type Result } from "../../contract/problem.ts";
import type { AccountStore } from "../identity/account-store.ts";
import { type AzureSession, isUnattended, openSessionOf } from "../identity/session.ts";
import type { NetworkSettings } from "../network/proxy.ts";

/** The accounts of jobs at work, each opened once. */
export type Sessions = {
  /** Problems: azure/sign-in-needed, azure/invalid-cloud, azure/other-cloud. */
  readonly of: (spec: AzureJobSpec) => Result<AzureSession>;
  /** It has to sign in: the next `of` looks anew. */
  readonly drop: (spec: AzureJobSpec) => void;
  /**
   * Whether an account that had to sign in may give tokens again: something was written of it since. One that nobody signs in, of the
   * environment or of the machine, may do so after a while.
   */
  readonly isChanged: (spec: AzureJobSpec) => boolean;
  readonly close: () => void;
};

/** What refuses an application or a machine is seen to elsewhere, and not in seconds. */
const unattendedMs = 60_000;

export function createSessions(store: AccountStore, settings: NetworkSettings, clock: Pick<Clock, "now">): Sessions {
  const open = new Map<string, AzureSession>();
  const dropped = new Map<string, { readonly version: string; readonly atMs: number }>();

  return {
    of({ name: job, azure }) {
      const known = open.get(azure.accountId);
      if (known !== undefined) return { ok: true, value: known };
      const opened = openSessionOf(azure.accountId, store, settings);
      if (opened === null) return failure("azure/sign-in-needed:job", { job, account: azure.runAs });
      if (!opened.ok) return opened;
      const { cloud } = opened.value;
      if (cloud.name !== azure.cloud) {
        opened.value.close();
        return failure("azure/other-cloud", { job, cloud: azure.cloud, active: cloud.name });
      }
      open.set(azure.accountId, opened.value);
      return opened;
    },
    drop({ azure: { accountId } }) {
      open.get(accountId)?.close();
      open.delete(accountId);
      dropped.set(accountId, { version: store.version(accountId), atMs: clock.now() });
    },
    isChanged({ azure: { accountId } }) {
      const before = dropped.get(accountId);
      if (before === undefined || before.version !== store.version(accountId)) return true;
      return isUnattended(accountId, store, settings) && clock.now() - before.atMs >= unattendedMs;
    },
    close() {
      for (const session of open.values()) session.close();
      open.clear();
    },
  };
}
