import type { WatchedFolder } from "../../contract/messages/watch-messages.ts";
import { itemSource, readableEndings } from "../../contract/nouns/scorer.ts";
import { type Result, success } from "../../contract/problem.ts";
import { resolveDeployment } from "../../deployments/deployments.ts";
import { applyOverrides } from "../../deployments/yaml/overrides.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { Damage } from "../../registry/rows/damage.ts";
import type { WatchRecord } from "../../registry/watches.repository.ts";

const rescanMs = 30_000;

/** How the folder of a watch is to be looked through, which depends on the deployment that scores what arrives. */
export type WatchedFolders = {
  /** Problems: those of the endpoint, the deployment and the overrides. */
  readonly folderOf: (watch: WatchRecord) => Result<WatchedFolder>;
  readonly forget: () => void;
};

export function createWatchedFolders(registry: Registry): WatchedFolders {
  /** The deployment that each watch scored with when it was last looked at. */
  const scoredWith = new Map<string, string>();

  /** One that is damaged holds up its own watch, and no other. */
  function deploymentOf(watch: WatchRecord): ReturnType<typeof resolveDeployment> {
    try {
      return resolveDeployment(registry, watch.endpointName, watch.deploymentName);
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      return { ok: false, problem: error.problem };
    }
  }

  return {
    folderOf(watch) {
      const deployment = deploymentOf(watch);
      if (!deployment.ok) return deployment;
      const { settings, properties, scorer, name, updatedAt } = deployment.value;
      const applied = applyOverrides(settings, properties, watch.overrides);
      if (!applied.ok) return applied;
      const key = JSON.stringify([name, updatedAt]);
      // What was refused by another deployment, or before this program began, may be right for this one.
      if (scoredWith.get(watch.id) !== key) registry.watches.forgetRefused(watch.id);
      scoredWith.set(watch.id, key);
      const endings = readableEndings[itemSource(scorer)];
      return success({
        id: watch.id,
        folder: watch.folder,
        recursive: applied.value.properties["batchdeck.recursive"] === "true",
        endings: endings === null ? null : [...endings],
        settleMs: watch.settleSeconds * 1000,
        rescanMs,
      });
    },
    forget: () => scoredWith.clear(),
  };
}
