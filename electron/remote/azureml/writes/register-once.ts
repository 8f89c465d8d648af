import { createHash } from "node:crypto";
import * as z from "zod";
import { failure, type Problem, type Result, success } from "../../../contract/problem.ts";
import type { AzurePlace } from "../../../contract/views/azure.ts";
import { addressesBelow, addressIn, idIn, isPathName } from "../addresses.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { LastSeen } from "../last-seen.ts";
import { optionalText, textMap } from "../nouns/resource.ts";
import { noWorkspace } from "../workspaces.ts";

/** Where Azure keeps the versions of each noun. */
const folders = { model: "models", code: "codes", environment: "environments", data: "data" } as const;

/** What sentences call them. */
const words = { model: "model", code: "model", environment: "environment", data: "data asset" } as const;

/** A version that is to be there. Versions never change what they hold. */
export type VersionToRegister = {
  readonly noun: keyof typeof folders;
  readonly name: string;
  /** Null: the one that holds the same content, else the next number: versions of models are numbers in Azure. */
  readonly version: string | null;
  /** `contentKey` of all that it holds. */
  readonly content: string;
  /** What the version of that name holds is something else. */
  readonly taken: Problem;
  /** Its properties in Azure; called when it is not there, and may send files first. `properties` are completed. */
  readonly make: () => Promise<Result<Made>>;
  /** Whether one that Batchdeck did not make holds the same. */
  readonly isSame?: (found: FoundVersion) => boolean;
};

/** `isNew` false: it was there. */
export type RegisteredVersion = {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly isNew: boolean;
};

/** Under `properties`: what a version of ours holds. */
const contentProperty = "batchdeck.content";

const foundSchema = z.object({
  name: z.string(),
  properties: z.object({ properties: textMap, image: optionalText, condaFile: optionalText, dataUri: optionalText }),
});
type Found = z.output<typeof foundSchema>;
export type FoundVersion = Found["properties"];

type Made = Readonly<Record<string, unknown>>;

/** Others may register a version of the same number meanwhile. */
const mostTries = 4;

/** A name for content that consists of several facts. */
export function contentKey(...facts: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

export type RegisterOnce = (asset: VersionToRegister, signal: AbortSignal) => Promise<Result<RegisteredVersion>>;

/**
 * Registers content in a workspace under a name, unless it is there already: then that version is it. A version that another
 * program makes at the same moment, or a request that reaches Azure twice, ends in one version. Problems: those of the control
 * plane, `taken`, and those of `make`.
 */
export function createRegistrar(place: AzurePlace, controlPlane: ControlPlane, lastSeen: LastSeen): RegisterOnce {
  const workspaceMissing = noWorkspace(place.workspace).place;
  const nothing: Problem = { code: "azure/refused", kind: "azure/refused", params: { status: 404 } };
  const missing = { thing: nothing, place: workspaceMissing };

  async function one({ noun, name }: VersionToRegister, version: string): Promise<Result<Found | null>> {
    const address = addressIn(place, [folders[noun], name, "versions", version]);
    const found = await controlPlane.get(address, foundSchema, missing);
    if (found.ok) return success({ ...found.value, name: version });
    return found.problem === nothing ? success(null) : found;
  }

  /** The wanted version, or all of that name. */
  async function known(asset: VersionToRegister): Promise<Result<readonly Found[]>> {
    const { noun, name, version } = asset;
    if (version !== null) {
      const found = await one(asset, version);
      return found.ok ? success(found.value === null ? [] : [found.value]) : found;
    }
    const query = { $orderBy: "createdtime desc", listViewType: "All" };
    const address = addressIn(place, [folders[noun], name, "versions"], query);
    const listed = await controlPlane.list({ address, schema: foundSchema, missing, most: null });
    if (listed.ok) return success(listed.value.items);
    return listed.problem === nothing ? success([]) : listed;
  }

  async function put({ noun, name, content }: VersionToRegister, version: string, made: Made, signal: AbortSignal) {
    const properties = { ...(made["properties"] as object | undefined), [contentProperty]: content };
    const below = addressesBelow(place, folders[noun]);
    lastSeen.forget(below);
    const answer = await controlPlane.put({
      address: addressIn(place, [folders[noun], name, "versions", version]),
      body: { properties: { ...made, properties } },
      missing: { thing: workspaceMissing, place: workspaceMissing },
      signal,
    });
    lastSeen.forget(below);
    return answer;
  }

  return async (asset, signal) => {
    const { noun, name, content, taken } = asset;
    if (!isAssetName(name) || !isPathName(asset.version ?? "1")) {
      const wrong = isAssetName(name) ? (asset.version ?? "") : name;
      return failure("usage/invalid:azure-name", { name: wrong, what: words[noun] });
    }
    const holdsIt = ({ properties }: Found) =>
      properties.properties[contentProperty] === content || asset.isSame?.(properties) === true;
    const registered = (version: string, isNew: boolean): Result<RegisteredVersion> => {
      const id = idIn(place, [folders[noun], name, "versions", version]);
      return success({ id, name, version, isNew });
    };
    let made: Made | null = null;
    for (let tries = 0; tries < mostTries; tries++) {
      const versions = await known(asset);
      if (!versions.ok) return versions;
      const same = versions.value.find(holdsIt);
      if (same !== undefined) return registered(same.name, made !== null);
      if (asset.version !== null && versions.value.length > 0) return { ok: false, problem: taken };
      if (made === null) {
        const making = await asset.make();
        if (!making.ok) return making;
        made = making.value;
      }
      const version = asset.version ?? nextNumber(versions.value.map((found) => found.name));
      const answer = await put(asset, version, made, signal);
      if (!answer.ok && answer.problem.kind !== "azure/refused") return answer;
      const there = await one(asset, version);
      if (!there.ok) return there;
      // What Azure took and does not show yet is there.
      if (there.value === null) return answer.ok ? registered(version, true) : answer;
      if (holdsIt(there.value)) return registered(version, true);
      // Another program was quicker: its version stays, and the next number is tried.
    }
    return { ok: false, problem: taken };
  };
}

/** As Azure's published interface has it. */
function isAssetName(name: string): boolean {
  return /^[a-zA-Z0-9][-\w]{0,254}$/.test(name);
}

function nextNumber(versions: readonly string[]): string {
  const numbers = versions.map((version) => (/^\d{1,9}$/.test(version) ? Number(version) : 0));
  return String(Math.max(0, ...numbers) + 1);
}
