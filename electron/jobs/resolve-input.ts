import type { BatchdeckProperties } from "../contract/deployment.ts";
import type { JobSpec, NamedFile } from "../contract/job-spec.ts";
import type { Result } from "../contract/problem.ts";
import { failure, success } from "../contract/problem.ts";
import { resolveData } from "../data/resolve-address.ts";
import type { Registry } from "../registry/open-registry.ts";
import type { InvokeRequest } from "./submit.ts";

/**
 * The folder or file that an invocation names, by its one real path. Problems: those of `resolveData`;
 * input/needs-download for an address that is not on this computer.
 */
export async function resolveInput(
  registry: Registry,
  request: InvokeRequest,
  properties: BatchdeckProperties,
): Promise<Result<JobSpec["input"]>> {
  const found = await resolveData(registry, request.inputPath, request.inputKind ?? null);
  if (!found.ok) return found;
  const place = found.value;
  if (place.kind === "remote") {
    return failure(
      "input/needs-download",
      `"${place.source}" is not on this computer, and nothing here can fetch it yet.`,
      "Download it, with Azure Storage Explorer or azcopy, then give the local folder or file.",
    );
  }
  return success({
    path: place.path,
    kind: place.kind,
    recursive: properties["batchdeck.recursive"] === "true",
    files: namedFiles(request.files ?? []),
    watch: request.watch ?? null,
    source: place.source,
  });
}

function namedFiles([first, ...others]: readonly NamedFile[]): JobSpec["input"]["files"] {
  return first === undefined ? null : [first, ...others];
}
