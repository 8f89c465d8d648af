import path from "node:path";
import { failure, type Result } from "../../contract/problem.ts";
import type { DataAssetRecord } from "../../registry/data-assets.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { parseDataAddress, withoutSecrets } from "./address.ts";
import { addAsset } from "./assets.ts";
import { resolveData } from "./resolve-address.ts";

/** Azure ML's types of data; two of them can be the input of a batch endpoint. */
const takenTypes = ["uri_folder", "uri_file"] as const;

/**
 * Makes a data asset of a local path, a `file:` URI or an address. A path of this computer must be there; without a type
 * it is what the path is. Problems: data/invalid, and those of looking the path up.
 */
export async function createAsset(
  registry: Registry,
  request: {
    readonly name: string;
    readonly version: string | null;
    /** As written; null: left out. */
    readonly type: string | null;
    readonly path: string;
    readonly description: string;
  },
): Promise<Result<DataAssetRecord>> {
  const type = takenTypes.find((taken) => taken === request.type) ?? null;
  if (request.type !== null && type === null) return untakenType(request.type);
  const parsed = parseDataAddress(request.path);
  if (!parsed.ok) return parsed;
  const address = parsed.value;
  if (address.kind === "asset") {
    return failure("data/invalid:is-asset", { path: request.path });
  }
  if (address.kind === "remote" && withoutSecrets(address.address) !== address.address) {
    return failure("data/invalid:secret");
  }
  const wanted = type === null ? null : type === "uri_folder" ? "folder" : "file";
  const place = await resolveData(registry, request.path, wanted);
  if (!place.ok) return place;
  const kind = place.value.kind === "remote" ? (wanted ?? "folder") : place.value.kind;
  return addAsset(registry, {
    ...request,
    type: `uri_${kind}`,
    path: address.kind === "path" ? path.resolve(address.path) : request.path,
  });
}

/** Why a type of data cannot be an input here. Problem: data/invalid. */
export function untakenType(type: string): Result<never> {
  return /^mltable$/i.test(type) ? failure("data/invalid:mltable") : failure("data/invalid:type", { type });
}
