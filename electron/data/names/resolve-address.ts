import { promises as files } from "node:fs";
import path from "node:path";
import { failure, type ProblemCode, type Result, success } from "../../contract/problem.ts";
import type { ProblemKind } from "../../contract/words/english-problems.ts";
import { isTerminal } from "../../contract/job-status.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { type DataAddress, parseDataAddress, withoutSecrets } from "./address.ts";
import { findAsset } from "./assets.ts";
import { placeBelow, showDatastore } from "./datastores.ts";

export type DataKind = "folder" | "file";

/** Where an input is. `source` is what it was called, null when that is its path. */
export type DataPlace =
  | { readonly kind: DataKind; readonly path: string; readonly source: string | null }
  /** Not on this computer. `wanted` null: nobody said whether it is a folder or a file. */
  | { readonly kind: "remote"; readonly address: string; readonly wanted: DataKind | null; readonly source: string };

/**
 * Finds what an input's name, path or address means here. `wanted` null: whichever it is.
 * Problems: input/unsupported, input/not-found, data/not-found, datastore/not-found, job/not-found, job/not-allowed,
 * usage/invalid when it is not of the wanted kind.
 */
export async function resolveData(
  registry: Registry,
  given: string,
  wanted: DataKind | null,
): Promise<Result<DataPlace>> {
  const parsed = await addressOf(registry, given);
  return parsed.ok ? resolveAddress(registry, { address: parsed.value, given, wanted }) : parsed;
}

/** Azure's tools take `NAME:VERSION` and `NAME@latest` for assets; here a file of that name comes first. */
async function addressOf(registry: Registry, given: string): Promise<Result<DataAddress>> {
  const parsed = parseDataAddress(given);
  if (!parsed.ok || parsed.value.kind !== "path" || /^file:/i.test(given) || !/[:@]/.test(given)) return parsed;
  const asset = parseDataAddress(`azureml:${given}`);
  if (!asset.ok || asset.value.kind !== "asset" || registry.dataAssets.findLatest(asset.value.name) === null) {
    return parsed;
  }
  const isThere = await files.stat(path.resolve(given)).catch(() => null);
  return isThere === null ? asset : parsed;
}

type Question = { readonly address: DataAddress; readonly given: string; readonly wanted: DataKind | null };

async function resolveAddress(registry: Registry, question: Question): Promise<Result<DataPlace>> {
  const { address, given, wanted } = question;
  switch (address.kind) {
    case "path":
      return placeAt(path.resolve(address.path), question, address.path === given ? null : given);
    case "remote":
      return success({ kind: "remote", address: address.address, wanted, source: withoutSecrets(given) });
    case "asset":
      return resolveAsset(registry, question, address);
    case "datastore": {
      const store = showDatastore(registry, address.name);
      if (!store.ok) return store;
      return placeIn(store.value.path, address.path, question);
    }
    case "job-output": {
      const output = outputOf(registry, address, given);
      if (!output.ok) return output;
      // The output as a whole may be called a folder, as in Azure, where it is one with a single file.
      return placeIn(
        output.value.folder,
        output.value.path,
        address.path === null ? { ...question, wanted: null } : question,
      );
    }
  }
}

async function resolveAsset(
  registry: Registry,
  { given, wanted }: Question,
  address: Extract<DataAddress, { kind: "asset" }>,
): Promise<Result<DataPlace>> {
  const found = findAsset(registry, address.name, address.version);
  if (!found.ok) return found;
  const asset = found.value;
  const kind = kindOfType(asset.type);
  const label = `${asset.name}:${asset.version}`;
  if (wanted !== null && wanted !== kind) {
    return failure("usage/invalid:asset-type", { asset: label, type: asset.type, wanted });
  }
  const target = parseDataAddress(asset.path);
  if (!target.ok) return target;
  const place = await resolveAddress(registry, { address: target.value, given: asset.path, wanted: kind });
  if (place.ok) return success({ ...place.value, source: given });
  const problemKind = assetKinds[place.problem.code];
  return problemKind === undefined ? place : failure(problemKind, { asset: label, cause: place.problem });
}

/** A data asset cannot be used for the reason, and with the code, that its place cannot. */
const assetKinds: Readonly<Partial<Record<ProblemCode, Extract<ProblemKind, `${string}:asset`>>>> = {
  "data/not-found": "data/not-found:asset",
  "datastore/not-found": "datastore/not-found:asset",
  "input/not-found": "input/not-found:asset",
  "input/unsupported": "input/unsupported:asset",
  "job/not-allowed": "job/not-allowed:asset",
  "job/not-found": "job/not-found:asset",
  "usage/invalid": "usage/invalid:asset",
};

/** What a finished job wrote: its rows, or what lies in its output folder. */
function outputOf(
  registry: Registry,
  address: Extract<DataAddress, { kind: "job-output" }>,
  given: string,
): Result<{ readonly folder: string; readonly path: string }> {
  const job = registry.jobs.find(address.job);
  if (job === null) {
    return failure("job/not-found:here", { job: address.job });
  }
  if (address.output.toLowerCase() !== "score") {
    return failure("input/unsupported:job-output", { job: job.name, output: address.output });
  }
  if (job.status !== "Completed") {
    const kind = isTerminal(job.status) ? "job/not-allowed:output-partial" : "job/not-allowed:output-unfinished";
    return failure(kind, { address: given, job: job.name, status: job.status });
  }
  const hasRows = job.spec.settings.output_action === "append_row";
  return success({ folder: job.outputFolder, path: address.path ?? (hasRows ? job.outputFile : "") });
}

async function placeIn(folder: string, relative: string, question: Question): Promise<Result<DataPlace>> {
  const place = await placeBelow(folder, relative, question.given);
  return place.ok ? placeAt(place.value.path, question, question.given) : place;
}

async function placeAt(
  absolute: string,
  { given, wanted }: Question,
  source: string | null,
): Promise<Result<DataPlace>> {
  let stats;
  try {
    stats = await files.stat(absolute);
  } catch {
    return failure("input/not-found:path", { path: source === null ? given : absolute, wanted });
  }
  const kind = stats.isDirectory() ? "folder" : "file";
  if (kind === "file" && !stats.isFile()) {
    return failure("input/unsupported:special-file", { path: given });
  }
  if (wanted !== null && wanted !== kind) {
    return failure("usage/invalid:input-kind", { path: given, kind, wanted });
  }
  return success({ kind, path: await files.realpath(absolute), source });
}

function kindOfType(type: "uri_folder" | "uri_file"): DataKind {
  return type === "uri_folder" ? "folder" : "file";
}

/** What a user should know about an address that was resolved here: which part of it meant nothing. Null: all was used. */
export function addressNotice(source: string): string | null {
  const parsed = parseDataAddress(source);
  if (!parsed.ok || (parsed.value.kind !== "datastore" && parsed.value.kind !== "asset")) return null;
  const { kind, name, elsewhere } = parsed.value;
  if (elsewhere === null) return null;
  return `The ${kind === "asset" ? "data asset" : "datastore"} ${name} of this workspace is meant; "${elsewhere}" in the address was not used.`;
}
