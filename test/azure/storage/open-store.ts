import path from "node:path";
import { nodeProcessHost } from "../../../electron/compute/node-process-host.ts";
import type { ProcessHost } from "../../../electron/compute/process-host.ts";
import type { Cloud } from "../../../electron/remote/clouds.ts";
import { tokensOfEnvironment } from "../../../electron/remote/identity/token-source.ts";
import { openRemoteNetwork } from "../../../electron/remote/network/remote-network.ts";
import {
  type BlobPlace,
  type BlobStore,
  openBlobStore,
  type StorageWays,
} from "../../../electron/remote/storage/blob-store.ts";
import { valueOf } from "../../helpers/value-of.ts";

/** What signs in for a test: a service principal. */
export type Principal = { readonly tenant: string; readonly clientId: string; readonly secret: string };

/** The programs of the last build, as the terminal starts them. */
export const programs: ProcessHost = nodeProcessHost(path.join(import.meta.dirname, "../../../dist"));

/** A store as a session of the terminal opens it. `close` lets go of its connections. */
export function openTestStore(
  cloud: Cloud,
  { tenant, clientId, secret }: Principal,
  place: BlobPlace,
  more: Partial<StorageWays> = {},
): BlobStore & { readonly close: () => void } {
  const network = valueOf(openRemoteNetwork(cloud, {}));
  const tokens = tokensOfEnvironment({ tenant, clientId, credential: { kind: "secret", secret } }, cloud, network);
  const store = valueOf(openBlobStore({ cloud, tokens, network, host: programs, ...more }, place));
  return { ...store, close: network.close };
}
