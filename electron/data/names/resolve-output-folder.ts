import { failure, type Result, success } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { parseDataAddress, withoutSecrets } from "./address.ts";
import { placeBelow, showDatastore } from "./datastores.ts";

/**
 * The folder, perhaps not made yet, that an invocation's output path, `file:` URI or datastore address names.
 * Problems: output/unwritable, datastore/not-found.
 */
export async function resolveOutputFolder(registry: Registry, given: string): Promise<Result<string>> {
  const parsed = parseDataAddress(given);
  if (!parsed.ok) return failure("output/unwritable:address", { cause: parsed.problem });
  const address = parsed.value;
  if (address.kind === "path") return success(address.path);
  if (address.kind !== "datastore") {
    return failure("output/unwritable:remote", { address: withoutSecrets(given) });
  }
  const store = showDatastore(registry, address.name);
  if (!store.ok) return store;
  const place = await placeBelow(store.value.path, address.path, given);
  return place.ok ? success(place.value.path) : failure("output/unwritable:place", { cause: place.problem });
}
