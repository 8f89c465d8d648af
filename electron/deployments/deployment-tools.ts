import type { ProcessHost } from "../compute/process-host.ts";
import type { Registry } from "../registry/open-registry.ts";

/** What this room works with: where nouns are kept, where models are kept, and who opens them. */
export type DeploymentTools = {
  readonly registry: Registry;
  /** Absolute path of the workspace's `models` folder; made when needed. */
  readonly modelsFolder: string;
  /** Absolute path of the workspace's `code` folder, which holds the snapshots of scripts; made when needed. */
  readonly codeFolder: string;
  readonly processHost: ProcessHost;
};
