import type { AzureJobSpec } from "../../contract/nouns/job-spec.ts";
import { failure, type Result } from "../../contract/problem.ts";
import type { AccountStore } from "../identity/account-store.ts";
import { type AzureSession, openSessionOf } from "../identity/session.ts";
import type { NetworkSettings } from "../network/proxy.ts";

/** The accounts of jobs at work, each opened once. */
export type Sessions = {
  /** Problems: azure/sign-in-needed, azure/invalid-cloud, azure/other-cloud. */
  readonly of: (spec: AzureJobSpec) => Result<AzureSession>;
  /** It has to sign in: the next `of` looks anew, and until something is written of the account, `isChanged` is false. */
  readonly drop: (spec: AzureJobSpec) => void;
  readonly isChanged: (spec: AzureJobSpec) => boolean;
  readonly close: () => void;
};

export function createSessions(store: AccountStore, settings: NetworkSettings): Sessions {
  const open = new Map<string, AzureSession>();
  const dropped = new Map<string, string>();

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
      dropped.set(accountId, store.version(accountId));
    },
    isChanged: ({ azure: { accountId } }) => dropped.get(accountId) !== store.version(accountId),
    close() {
      for (const session of open.values()) session.close();
      open.clear();
    },
  };
}
