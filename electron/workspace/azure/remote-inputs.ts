import type { ProcessHost } from "../../compute/process-host.ts";
import { type Result, success } from "../../contract/problem.ts";
import { usualLimitBytes } from "../../jobs/folder/input-cache.ts";
import type { InputSource } from "../../jobs/submit/input-source.ts";
import type { AzureRepository } from "../../registry/azure/azure.repository.ts";
import { readCloud } from "../../remote/clouds.ts";
import type { AccountStore } from "../../remote/identity/account-store.ts";
import { cloudIn } from "../../remote/identity/account-views.ts";
import { principalIn } from "../../remote/identity/credentials.ts";
import { blobsAt, workspaceDataAt } from "../../remote/inputs/blob-address.ts";
import { isWebAddress } from "../../remote/network/public-addresses.ts";
import type { Environment, NetworkSettings } from "../../remote/network/proxy.ts";

type Options = NetworkSettings & {
  readonly kept: AzureRepository;
  readonly accounts: AccountStore;
  readonly host: ProcessHost;
};

/** Of what earlier jobs downloaded, as `BATCHDECK_DOWNLOADS_GB` says it: bytes. */
export function downloadsLimit(environment: Environment): number {
  const gigabytes = Number.parseFloat(environment["BATCHDECK_DOWNLOADS_GB"] ?? "");
  return gigabytes >= 0 ? gigabytes * 1e9 : usualLimitBytes;
}

type Fetching = Pick<InputSource, "list" | "fetch">;

/**
 * Fetches inputs from Azure for the account that is signed in, and from the web for everybody. Opens no socket and loads none of
 * Microsoft's libraries before something is fetched.
 */
export function createInputSource({ kept, accounts, environment, systemProxy, host }: Options): InputSource {
  let opened: { readonly account: string | null; readonly fetching: Promise<Result<Fetching>> } | null = null;

  /** Who is signed in, by the id of the account; null: nobody. */
  function activeAccount(): string | null {
    return principalIn(environment)?.clientId ?? accounts.active()?.id ?? null;
  }

  /** The hosts of the active account's cloud; without one, of the cloud that would be signed in to. */
  function hosts(): readonly string[] {
    const account = principalIn(environment) === null ? accounts.active() : null;
    const cloud = readCloud(account?.cloud ?? cloudIn(environment));
    return cloud.ok ? cloud.value.hosts : [];
  }

  async function open(account: string | null): Promise<Result<Fetching>> {
    const { createRemoteInputs, openRemoteNetwork, openSession } = await import("../../remote/azure.ts");
    if (account === null) {
      const cloud = readCloud(cloudIn(environment));
      const network = cloud.ok ? openRemoteNetwork(cloud.value, environment, systemProxy) : cloud;
      return network.ok ? success(createRemoteInputs({ network: network.value, session: null, kept, host })) : network;
    }
    const session = openSession(accounts, { environment, systemProxy });
    if (!session.ok) return session;
    return success(createRemoteInputs({ network: session.value.network, session: session.value, kept, host }));
  }

  function fetching(): Promise<Result<Fetching>> {
    const account = activeAccount();
    if (opened === null || opened.account !== account) opened = { account, fetching: open(account) };
    return opened.fetching;
  }

  function isInAzure(address: string): boolean {
    return workspaceDataAt(address) !== null || blobsAt(address, hosts()) !== null;
  }

  return {
    canFetch: (address) => (isInAzure(address) ? activeAccount() !== null : isWebAddress(address)),
    isCharged: isInAzure,
    async list(...question) {
      const source = await fetching();
      return source.ok ? source.value.list(...question) : source;
    },
    async fetch(...question) {
      const source = await fetching();
      return source.ok ? source.value.fetch(...question) : source;
    },
  };
}
