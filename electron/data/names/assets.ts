import type { DataAssetView } from "../../contract/nouns/data-view.ts";
import { assetNameSchema } from "../../contract/names.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { DataAssetRecord } from "../../registry/data-assets.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";

export type DataAssetRequest = {
  readonly name: string;
  /** Null: the next number. */
  readonly version: string | null;
  readonly type: DataAssetRecord["type"];
  /** Absolute, or an address. */
  readonly path: string;
  readonly description: string;
};

/** Gives a place a name and a version; nothing is copied. Problem: data/invalid. */
export function addAsset(registry: Registry, request: DataAssetRequest): Result<DataAssetRecord> {
  const { name } = request;
  for (const word of [name, request.version ?? "1"]) {
    if (!assetNameSchema.safeParse(word).success) return failure("data/invalid:name", { name: word });
  }
  return registry.transaction((): Result<DataAssetRecord> => {
    const version = request.version ?? nextVersion(registry, name);
    if (registry.dataAssets.find(name, version) !== null) {
      return failure("data/invalid:version-exists", { name, version });
    }
    return success(registry.dataAssets.add({ ...request, version }));
  });
}

/** `version` null: the one made last. Problem: data/not-found. */
export function findAsset(registry: Registry, name: string, version: string | null): Result<DataAssetRecord> {
  const { dataAssets } = registry;
  const found = version === null ? dataAssets.findLatest(name) : dataAssets.find(name, version);
  if (found !== null) return success(found);
  const known = dataAssets.list(name).map((asset) => asset.version);
  return known.length > 0
    ? failure("data/not-found:version", { name, version: version ?? "", known })
    : failure("data/not-found", { name });
}

function nextVersion(registry: Registry, name: string): string {
  const numbers = registry.dataAssets.list(name).map(({ version }) => (/^\d+$/.test(version) ? Number(version) : 0));
  return String(Math.max(0, ...numbers) + 1);
}

/** A data asset as scripts and the window see it. */
export function dataAssetView(asset: DataAssetRecord): DataAssetView {
  return {
    name: asset.name,
    version: asset.version,
    type: asset.type,
    path: asset.path,
    description: asset.description,
    created_at: asset.createdAt,
  };
}
