import { failure, type Result, success } from "../../contract/problem.ts";
import { fileUriPath } from "./file-uri.ts";

/** What an input or output is called, taken apart. Nothing was looked up. */
export type DataAddress =
  /** A path as it was given, or that of a `file:` URI. */
  | { readonly kind: "path"; readonly path: string }
  /** `version` null: the one made last. */
  | {
      readonly kind: "asset";
      readonly name: string;
      readonly version: string | null;
      /** The subscription, workspace or registry that it names and that means nothing here; null when it names none. */
      readonly elsewhere: string | null;
    }
  /** `path` is relative to the datastore's folder, with `/`, and names nothing above it; empty: the folder itself. */
  | {
      readonly kind: "datastore";
      readonly name: string;
      readonly path: string;
      readonly elsewhere: string | null;
    }
  /** `path` as of a datastore, relative to the job's output folder; null when the output as a whole is meant. */
  | { readonly kind: "job-output"; readonly job: string; readonly output: string; readonly path: string | null }
  /** In a storage account or on the web. */
  | { readonly kind: "remote"; readonly address: string };

const workspacePart = "subscriptions/[^/]+/resourcegroups/[^/]+/(?:providers/[^/]+/)?workspaces/[^/]+";
const datastorePattern = new RegExp(`^(?:(${workspacePart})/)?datastores/([^/]+)/paths(?:/(.*))?$`, "is");
const assetPattern = new RegExp(
  `^(${workspacePart}|locations/[^/]+/workspaces/[^/]+|registries/[^/]+)/data/([^/]+)/(versions/labels|labels|versions)/([^/]+)$`,
  "i",
);
const jobPattern = new RegExp(`^(?:${workspacePart}/)?jobs/([^/]+)/outputs/([^/]+)(?:/paths(?:/(.*))?)?$`, "is");
const armIdPattern = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/.*workspaces\//i;
const remotePattern = /^(https?|abfss?|wasbs?|adl):\/\//i;

/**
 * Reads every way in which Azure ML names data: paths, `file:` URIs, `azureml:NAME:VERSION`, `azureml://…`, ids of Azure's
 * resource manager, and addresses of storage accounts. A drive letter is never a scheme.
 * Problem: input/unsupported, for what is none of these or names a place above its datastore.
 */
export function parseDataAddress(given: string, platform: NodeJS.Platform = process.platform): Result<DataAddress> {
  if (/^azureml:\/\//i.test(given)) return azureAddress(given, given.slice("azureml://".length), platform);
  const name = /^azureml:/i.test(given) ? given.slice("azureml:".length) : null;
  const id = name ?? given;
  if (armIdPattern.test(id)) return azureAddress(given, id.slice(1), platform);
  if (name !== null) return assetName(given, name);
  if (/^file:/i.test(given)) {
    const path = fileUriPath(given, platform);
    return path.ok ? success({ kind: "path", path: path.value }) : path;
  }
  if (remotePattern.test(given)) return success({ kind: "remote", address: given });
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(given))
    return failure("input/unsupported:scheme", { address: withoutSecrets(given) });
  return success({ kind: "path", path: given });
}

/** An address as it may be shown and kept: what follows a `?` may be a key to the storage account, and so may a user's name. */
export function withoutSecrets(address: string): string {
  const plain = address.replace(/[?#].*$/s, "");
  // In abfss and wasbs the part before the @ is the container.
  return /^https?:/i.test(plain) ? plain.replace(/^([a-z]+:\/\/)[^/]*@/i, "$1") : plain;
}

function assetName(given: string, named: string): Result<DataAddress> {
  const [, name, version, label] = /^([^:@/\\]+)(?::([^:@/\\]+)|@([^:@/\\]+))?$/.exec(named) ?? [];
  if (name === undefined) return failure("input/unsupported:asset-name", { address: withoutSecrets(given) });
  if (label !== undefined && label.toLowerCase() !== "latest") return unknownLabel(given, label);
  return success({ kind: "asset", name, version: version ?? null, elsewhere: null });
}

/** What stands after `azureml://`, or after the first slash of an id. */
function azureAddress(given: string, rest: string, platform: NodeJS.Platform): Result<DataAddress> {
  const datastore = datastorePattern.exec(rest);
  if (datastore !== null) {
    const [, elsewhere = null, name = "", path = ""] = datastore;
    return isRelativePath(path, platform)
      ? success({ kind: "datastore", name, path, elsewhere })
      : failure("input/unsupported:outside-datastore", { address: withoutSecrets(given) });
  }
  const asset = assetPattern.exec(rest);
  if (asset !== null) {
    const [, elsewhere = "", name = "", how = "", which = ""] = asset;
    const isLabel = how.toLowerCase() !== "versions";
    if (isLabel && which.toLowerCase() !== "latest") return unknownLabel(given, which);
    return success({ kind: "asset", name, version: isLabel ? null : which, elsewhere });
  }
  const output = jobPattern.exec(rest);
  if (output !== null) {
    const [, job = "", name = "", path = ""] = output;
    return isRelativePath(path, platform)
      ? success({ kind: "job-output", job, output: name, path: path === "" ? null : path })
      : failure("input/unsupported:outside-output", { address: withoutSecrets(given) });
  }
  return failure("input/unsupported:azureml-address", { address: given });
}

/** Whether a path is relative and has no part that leads upwards, on that system. */
export function isRelativePath(path: string, platform: NodeJS.Platform): boolean {
  if (path.startsWith("/") || path.includes("\0")) return false;
  if (platform === "win32" && /[\\:]/.test(path)) return false;
  return !path.split("/").includes("..");
}

function unknownLabel(given: string, label: string): Result<never> {
  return failure("input/unsupported:label", { address: withoutSecrets(given), label });
}
