import { failure, type Result, success } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { parseDataAddress, withoutSecrets } from "./address.ts";
import { placeBelow, showDatastore } from "./datastores.ts";
import { englishWords } from "../../contract/words/english-problems.ts";

const writableForms = "Give a folder, or azureml://datastores/NAME/paths/PATH of a datastore of this workspace.";

/**
 * The folder, perhaps not made yet, that an invocation's output path, `file:` URI or datastore address names.
 * Problems: output/unwritable, datastore/not-found.
 */
export async function resolveOutputFolder(registry: Registry, given: string): Promise<Result<string>> {
  const parsed = parseDataAddress(given);
  if (!parsed.ok) return failure("output/unwritable", englishWords(parsed.problem).message, writableForms);
  const address = parsed.value;
  if (address.kind === "path") return success(address.path);
  if (address.kind !== "datastore") {
    return failure("output/unwritable", `Nothing can be written to "${withoutSecrets(given)}".`, writableForms);
  }
  const store = showDatastore(registry, address.name);
  if (!store.ok) return store;
  const place = await placeBelow(store.value.path, address.path, given);
  if (place.ok) return success(place.value.path);
  const { message, remedy } = englishWords(place.problem);
  return failure("output/unwritable", message, remedy);
}
