import type { ProcessHost } from "../../compute/process-host.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { AzurePlace } from "../../contract/views/azure.ts";
import { cannotFetch } from "../../jobs/submit/cannot-fetch.ts";
import type { InputSource, RemoteFile } from "../../jobs/submit/input-source.ts";
import type { AzureRepository } from "../../registry/azure/azure.repository.ts";
import { openAzureClient } from "../azureml/azure-client.ts";
import type { AzureSession } from "../identity/session.ts";
import { isWebAddress } from "../network/public-addresses.ts";
import type { RemoteNetwork } from "../network/remote-network.ts";
import { type BlobStore, openBlobStore } from "../storage/blob-store.ts";
import { type BlobAddress, blobsAt, workspaceDataAt, workspaceIn } from "./blob-address.ts";
import { describeWebFile, fetchWebFile } from "./web-input.ts";

/** What fetching inputs takes; `session` null: nobody is signed in, and only inputs of the web can be fetched. */
export type InputWays = {
  readonly network: RemoteNetwork;
  readonly session: AzureSession | null;
  readonly kept: Pick<AzureRepository, "answer" | "chosen" | "keepAnswer" | "forgetAnswersBelow">;
  readonly host: ProcessHost;
};

/** An asset may lie at the place of another datastore, and so on; more than that is no address. */
const mostSteps = 4;
/** Accounts with folders have their blobs at the same address. */
const blobTypes = ["azure_blob", "azure_data_lake_gen2"];

type Opened =
  | { readonly kind: "web"; readonly address: string }
  | { readonly kind: "blobs"; readonly store: BlobStore; readonly prefix: string };

/**
 * Inputs of storage accounts and workspaces that the account may read, and of the web. Problems: those of blob stores and of the
 * control plane, azure/host-refused, input/unsupported, input/changed.
 */
export function createRemoteInputs(ways: InputWays): Pick<InputSource, "list" | "fetch"> {
  /** What an address leads to is asked once. */
  const known = new Map<string, Promise<Result<Opened>>>();

  function open(address: string): Promise<Result<Opened>> {
    const opened = known.get(address) ?? openAddress(ways, address);
    known.set(address, opened);
    // What went wrong may be over by the next time.
    void opened.then((result) => result.ok || known.delete(address));
    return opened;
  }

  return {
    async list(address, _kind, signal) {
      // Another workspace may have been chosen since, and a name may mean another version.
      known.delete(address);
      const opened = await open(address);
      if (!opened.ok) return opened;
      if (opened.value.kind === "web") {
        const described = await describeWebFile(ways, opened.value.address, signal);
        return described.ok ? success([described.value]) : described;
      }
      const { store, prefix } = opened.value;
      const blobs = await store.list(prefix, signal);
      if (!blobs.ok) return blobs;
      return success(
        blobs.value.map(({ path, sizeBytes, etag }): RemoteFile => {
          const name = nameOf(prefix, path);
          return {
            // Of a single blob the last part of its name.
            path: path === "" ? name.slice(name.lastIndexOf("/") + 1) : path,
            // Azure puts it in quotation marks where one blob is asked for, and in lists it does not.
            ...{ sizeBytes, version: etag.replaceAll('"', ""), identity: `${store.url}/${name}` },
          };
        }),
      );
    },

    async fetch({ address, file, target }, onBytes, signal) {
      const opened = await open(address);
      if (!opened.ok) return opened;
      if (opened.value.kind === "web") return fetchWebFile(ways, { ...opened.value, file, target }, onBytes, signal);
      const { store, prefix } = opened.value;
      const { path, sizeBytes, version: etag, identity } = file;
      const name = identity === `${store.url}/${prefix}` ? prefix : nameOf(prefix, path);
      return store.fetch({ name, sizeBytes, etag, target }, onBytes, signal);
    },
  };
}

/** `path`: below the prefix; empty: the blob of that name. */
function nameOf(prefix: string, path: string): string {
  return prefix === "" || path === "" ? `${prefix}${path}` : `${prefix}/${path}`;
}

async function openAddress(ways: InputWays, address: string, steps = 0): Promise<Result<Opened>> {
  if (steps === mostSteps) return cannotFetch(address);
  const { session } = ways;
  const data = workspaceDataAt(address);
  if (data !== null) return session === null ? failure("azure/sign-in-needed") : openData(ways, session, data, steps);
  const blobs = session === null ? null : blobsAt(address, session.cloud.hosts);
  if (session !== null && blobs !== null) return openBlobs(ways, session, blobs);
  return isWebAddress(address) ? success({ kind: "web", address }) : cannotFetch(address);
}

async function openData(
  ways: InputWays,
  session: AzureSession,
  data: NonNullable<ReturnType<typeof workspaceDataAt>>,
  steps: number,
): Promise<Result<Opened>> {
  const workspace = workspaceOf(ways, session, data.elsewhere);
  if (!workspace.ok) return workspace;
  const resources = openAzureClient(session, ways.kept).resourcesIn(workspace.value);
  if (data.kind === "asset") {
    const asset = await resources.assets("data").show(data.name, data.version);
    return asset.ok ? openAddress(ways, asset.value.view.path ?? "", steps + 1) : asset;
  }
  const shown = await resources.datastores.show(data.name);
  if (!shown.ok) return shown;
  const { name, type, protocol, account_name, endpoint, container_name } = shown.value.view;
  if (!blobTypes.includes(type) || account_name === null || container_name === null) {
    return failure("datastore/invalid:no-blobs", { name, type });
  }
  const place = {
    protocol: protocol ?? "https",
    accountName: account_name,
    endpoint: endpoint ?? "core.windows.net",
    containerName: container_name,
  };
  return openBlobs(ways, session, { place, prefix: data.path.replace(/\/+$/, "") });
}

/** The workspace that the address names, or the chosen one. */
function workspaceOf({ kept }: InputWays, { cloud }: AzureSession, elsewhere: string | null): Result<AzurePlace> {
  const named = workspaceIn(elsewhere);
  if (named !== null) return success(named);
  const chosen = kept.chosen();
  if (elsewhere !== null || chosen === null) return failure("azure/no-workspace");
  const { cloud: ofChosen, ...place } = chosen;
  if (ofChosen === cloud.name) return success(place);
  const { workspace } = place;
  return failure("azure/no-workspace:other-cloud", { workspace, cloud: ofChosen, active: cloud.name });
}

function openBlobs({ host }: InputWays, session: AzureSession, { place, prefix }: BlobAddress): Result<Opened> {
  const store = openBlobStore({ ...session, host, mayBeOpen: true }, place);
  return store.ok ? success({ kind: "blobs", store: store.value, prefix }) : store;
}
