import * as z from "zod";
import type { Problem, Result } from "../../../contract/problem.ts";
import { success } from "../../../contract/problem.ts";
import type { AzurePlace } from "../../../contract/views/azure.ts";
import type { AzureWrite } from "../../../contract/views/azure-write.ts";
import { addressesBelow, addressIn, isPathName } from "../addresses.ts";
import type { Began, ControlPlane, Looking } from "../control-plane.ts";
import type { LastSeen } from "../last-seen.ts";
import { noWorkspace } from "../workspaces.ts";
import { followToItsEnd, type Waiting } from "./operations.ts";

/** A resource that Azure makes, changes or removes in an operation. */
export type Target = {
  /** In the workspace: `["batchEndpoints", "churn"]`. */
  readonly path: readonly [noun: string, ...rest: string[]];
  readonly write: AzureWrite;
  /** It, or what it lies in, is not there. */
  readonly missing: Problem;
};

/** Changes one resource of a workspace, and what is kept of it as last seen is forgotten. Problems: those of the control plane, and of operations. */
export type ResourceWriter = {
  /** As Azure has it, of the keys that `schema` has; null: it is not there. */
  readonly read: <Kept>(path: Target["path"], schema: z.ZodType<Kept>) => Promise<Result<Kept | null>>;
  readonly put: (target: Target, body: object, waiting: Waiting) => Promise<Result<null>>;
  readonly patch: (target: Target, body: object, waiting: Waiting) => Promise<Result<null>>;
  /** One that is not there any more is removed. */
  readonly remove: (target: Target, waiting: Waiting) => Promise<Result<null>>;
};

export function createResourceWriter(
  place: AzurePlace,
  controlPlane: ControlPlane,
  lastSeen: LastSeen,
): ResourceWriter {
  const workspaceMissing = noWorkspace(place.workspace).place;

  async function change(
    { path, write, missing }: Target,
    send: (address: string, asking: Required<Looking>) => Promise<Result<Began>>,
    waiting: Waiting,
  ): Promise<Result<null>> {
    if (!path.every(isPathName)) return { ok: false, problem: missing };
    const address = addressIn(place, path);
    const below = addressesBelow(place, path[0]);
    const asking = { missing: { thing: missing, place: workspaceMissing }, signal: waiting.signal };
    lastSeen.forget(below);
    try {
      let began = await send(address, asking);
      if (isConflict(began)) {
        // Something is at work on it: perhaps this request, which reached Azure twice. Then the last one counts.
        const atWork = { operation: controlPlane.stateOf(address), secondsToWait: null };
        const quietly = { ...waiting, onProgress: () => {} };
        const settled = await followToItsEnd(controlPlane, atWork, { ...write, change: "update" }, quietly);
        // However it ended, the resource is free, or gone.
        if (!settled.ok && settled.problem.code !== "azure/operation-failed") return settled;
        began = await send(address, asking);
      }
      if (!began.ok) return write.change === "delete" && began.problem === missing ? success(null) : began;
      if (waiting.isLeft === true) return success(null);
      return await followToItsEnd(controlPlane, began.value, write, waiting);
    } finally {
      // Somebody may have looked meanwhile.
      lastSeen.forget(below);
    }
  }

  return {
    async read(path, schema) {
      if (!path.every(isPathName)) return success(null);
      const nothing: Problem = { code: "azure/refused", kind: "azure/refused", params: {} };
      const found = await controlPlane.get(addressIn(place, path), schema, {
        thing: nothing,
        place: workspaceMissing,
      });
      return !found.ok && found.problem === nothing ? success(null) : found;
    },
    put: (target, body, waiting) =>
      change(target, (address, asking) => controlPlane.put({ address, body, ...asking }), waiting),
    patch: (target, body, waiting) =>
      change(target, (address, asking) => controlPlane.patch({ address, body, ...asking }), waiting),
    remove: (target, waiting) =>
      change(target, (address, asking) => controlPlane.delete({ address, ...asking }), waiting),
  };
}

function isConflict(began: Result<Began>): boolean {
  return !began.ok && began.problem.kind === "azure/refused" && began.problem.params["status"] === 409;
}
