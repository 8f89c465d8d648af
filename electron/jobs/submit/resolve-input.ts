import type { BatchdeckProperties } from "../../contract/nouns/deployment.ts";
import type { JobSpec, NamedFile } from "../../contract/nouns/job-spec.ts";
import type { Problem, Result } from "../../contract/problem.ts";
import { success } from "../../contract/problem.ts";
import { withoutSecrets } from "../../data/names/address.ts";
import { resolveData } from "../../data/names/resolve-address.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { cannotFetch } from "./cannot-fetch.ts";
import type { InputSource } from "./input-source.ts";
import { downloadedFolder, jobFolder } from "../folder/job-files.ts";

/** What an invocation says of its input. */
export type InputRequest = {
  /** A path, a name or an address; see data/names/address.ts. */
  readonly inputPath: string;
  /** Null: whichever it is. */
  readonly inputKind?: "folder" | "file" | null;
  /** Only these files of the folder, as they are now; none or left out: all of them. */
  readonly files?: readonly NamedFile[];
  /** The watch that invokes, by its id; left out: nobody's. */
  readonly watch?: string;
};

type Tools = { readonly registry: Registry; readonly home: string; readonly inputSource: InputSource | null };

/**
 * The folder or file that an invocation names, by its one real path; of an address that can be fetched, the place in the
 * job's folder that it will have. Problems: those of `resolveData`; input/needs-download.
 */
export async function resolveInput(
  { registry, home, inputSource }: Tools,
  jobName: string,
  request: InputRequest,
  properties: BatchdeckProperties,
): Promise<Result<JobSpec["input"]>> {
  const wanted = request.inputKind ?? null;
  const found = await resolveData(registry, request.inputPath, wanted);
  const isElsewhere = !found.ok && isMissingHere(found.problem) && inputSource?.canFetch(request.inputPath) === true;
  if (!found.ok && !isElsewhere) return found;
  const source = request.inputPath;
  const place = found.ok ? found.value : ({ kind: "remote", address: source, wanted, source } as const);
  const common = {
    recursive: properties["batchdeck.recursive"] === "true",
    files: namedFiles(request.files ?? []),
    watch: request.watch ?? null,
    source: place.source,
  };
  if (place.kind !== "remote") return success({ ...common, path: place.path, kind: place.kind });
  const { address } = place;
  // A key in an address would be kept with the job; only an address without one is fetched.
  if (inputSource?.canFetch(address) !== true || withoutSecrets(address) !== address) return cannotFetch(place.source);
  const path = downloadedFolder(jobFolder(home, jobName));
  return success({ ...common, path, kind: place.wanted ?? "folder", download: { address, done: false } });
}

/** A data asset or datastore that this workspace does not have may be one of an Azure workspace. */
function isMissingHere({ code }: Problem): boolean {
  return code === "data/not-found" || code === "datastore/not-found";
}

function namedFiles([first, ...others]: readonly NamedFile[]): JobSpec["input"]["files"] {
  return first === undefined ? null : [first, ...others];
}
