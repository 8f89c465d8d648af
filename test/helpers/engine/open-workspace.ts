import fs from "node:fs";
import path from "node:path";
import { type Result, success } from "../../../electron/contract/problem.ts";
import type { Engine } from "../../../electron/jobs/queue/engine.ts";
import { openRegistry, type Registry } from "../../../electron/registry/open-registry.ts";
import { assembleWorkspace, type openWorkspace, type Workspace } from "../../../electron/workspace/workspace.ts";

/** A workspace, and what a test may look at or reach into that no edge of the product sees. */
export type OpenWorkspace = Omit<Workspace, "engine"> & {
  readonly registry: Registry;
  readonly engine: Workspace["engine"] & Pick<Engine, "wake">;
};

/** Opens a workspace with the rooms below it at hand. */
export function openWithRegistry(
  options: Parameters<typeof openWorkspace>[0] & { readonly home: string },
): Result<OpenWorkspace> {
  const home = path.resolve(options.home);
  fs.mkdirSync(home, { recursive: true });
  const { patienceMs } = options;
  const registry = openRegistry(path.join(home, "registry.db"), patienceMs === undefined ? {} : { patienceMs });
  if (!registry.ok) return registry;
  const { workspace, engine } = assembleWorkspace(registry.value, home, options);
  return success({ ...workspace, registry: registry.value, engine: { ...workspace.engine, wake: engine.wake } });
}
