import type { ProcessHost } from "../compute/process-host.ts";
import type { RegistryChanges } from "../jobs/queue/registry-changes.ts";
import type { InputCache } from "../jobs/folder/input-cache.ts";
import type { InputSource } from "../jobs/submit/input-source.ts";
import type { AccountStore } from "../remote/identity/account-store.ts";
import type { Environment, SystemProxy } from "../remote/network/proxy.ts";
import type { Registry } from "../registry/open-registry.ts";

/** What the nouns of an open workspace share. No edge sees it: what they may do is on `Workspace`. */
export type WorkspaceContext = {
  readonly registry: Registry;
  /** Absolute path of the workspace's folder. */
  readonly home: string;
  readonly modelsFolder: string;
  readonly codeFolder: string;
  readonly processHost: ProcessHost;
  /** Null: nothing can fetch inputs that are not on this computer. */
  readonly inputSource: InputSource | null;
  /** What they fetched, for all jobs. */
  readonly inputCache: InputCache;
  /** Who is signed in to Azure, the environment that names accounts, clouds and proxies, and who knows the system's proxies. */
  readonly azure: {
    readonly accounts: AccountStore;
    readonly environment: Environment;
    readonly systemProxy: SystemProxy | null;
  };
  readonly changes: RegistryChanges;
  /** To be called after something was written to the registry. */
  readonly changed: () => void;
};

/** The same by the names that jobs/ and compare/ have for it. */
export function jobTools(context: WorkspaceContext) {
  const { registry, home, modelsFolder, codeFolder, processHost: host, inputSource, inputCache } = context;
  return { registry, home, modelsFolder, codeFolder, host, inputSource, inputCache };
}
