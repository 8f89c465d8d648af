import { promises as files } from "node:fs";
import path from "node:path";
import type { DatastoreView } from "../../contract/nouns/data-view.ts";
import { assetNameSchema } from "../../contract/names.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { DatastoreRecord } from "../../registry/datastores.repository.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { confinedPlace } from "./confined.ts";

/**
 * Gives a local or network folder a datastore's name; the one of that name gets the new folder.
 * Problem: datastore/invalid.
 */
export async function createDatastore(
  registry: Registry,
  request: { readonly name: string; readonly path: string },
): Promise<Result<{ readonly datastore: DatastoreRecord; readonly isNew: boolean }>> {
  if (!assetNameSchema.safeParse(request.name).success) {
    return failure("datastore/invalid:name", { name: request.name });
  }
  const folder = path.resolve(request.path);
  const stats = await files.stat(folder).catch(() => null);
  if (stats?.isDirectory() !== true) {
    return failure("datastore/invalid:no-folder", { path: request.path });
  }
  const isNew = registry.datastores.find(request.name) === null;
  return success({ datastore: registry.datastores.save({ name: request.name, path: folder }), isNew });
}

/** Problem: datastore/not-found. */
export function showDatastore(registry: Registry, name: string): Result<DatastoreRecord> {
  const found = registry.datastores.find(name);
  if (found !== null) return success(found);
  return failure("datastore/not-found", { name });
}

/**
 * The place that a path means below a folder that stands for something of Azure's; it may not exist.
 * Problems: input/unsupported when a link leads out of it, input/not-found when the folder itself is not to be had.
 */
export async function placeBelow(
  folder: string,
  relative: string,
  given: string,
): Promise<Result<{ readonly path: string; readonly exists: boolean }>> {
  try {
    const place = await confinedPlace(folder, relative);
    if (place.kind === "inside") return success(place);
    return failure("input/unsupported:link-outside", { address: given, folder });
  } catch (error) {
    const errno = (error as { code?: string }).code ?? null;
    return failure("input/not-found:folder-of-address", { address: given, folder, errno });
  }
}

/** A datastore as scripts and the window see it. */
export function datastoreView(datastore: DatastoreRecord): DatastoreView {
  return {
    name: datastore.name,
    path: datastore.path,
    created_at: datastore.createdAt,
    updated_at: datastore.updatedAt,
  };
}
