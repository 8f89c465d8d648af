import { promises as files } from "node:fs";
import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import { isTerminal } from "../../contract/nouns/job-status.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { type DataAddress, parseDataAddress, withoutSecrets } from "./address.ts";
import { findAsset } from "./assets.ts";
import { placeBelow, showDatastore } from "./datastores.ts";
import { englishWords } from "../../contract/words/english-problems.ts";

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
    return failure(
      "usage/invalid",
      `The data asset ${label} is a ${asset.type}, not a uri_${wanted}.`,
      `Use --input-type ${asset.type}, or leave it out.`,
    );
  }
  const target = parseDataAddress(asset.path);
  if (!target.ok) return target;
  const place = await resolveAddress(registry, { address: target.value, given: asset.path, wanted: kind });
  if (place.ok) return success({ ...place.value, source: given });
  const { message, remedy } = englishWords(place.problem);
  return failure(place.problem.code, `The data asset ${label} cannot be used: ${message}`, remedy);
}

/** What a finished job wrote: its rows, or what lies in its output folder. */
function outputOf(
  registry: Registry,
  address: Extract<DataAddress, { kind: "job-output" }>,
  given: string,
): Result<{ readonly folder: string; readonly path: string }> {
  const job = registry.jobs.find(address.job);
  if (job === null) {
    return failure(
      "job/not-found",
      `There is no job named "${address.job}" in this workspace.`,
      "See: batchdeck job list",
    );
  }
  if (address.output.toLowerCase() !== "score") {
    return failure(
      "input/unsupported",
      `The job ${job.name} has no output "${address.output}".`,
      `Its one output is called score: azureml://jobs/${job.name}/outputs/score`,
    );
  }
  if (job.status !== "Completed") {
    const how = isTerminal(job.status)
      ? `ended as ${job.status}, so its output is not whole`
      : `is ${job.status}, so its output is not there yet`;
    return failure(
      "job/not-allowed",
      `"${given}" cannot be an input: the job ${job.name} ${how}.`,
      isTerminal(job.status)
        ? "Give the file that holds what it finished by its path."
        : `Wait for it: batchdeck job stream -n ${job.name}`,
    );
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
    const where = source === null ? given : absolute;
    return failure(
      "input/not-found",
      `There is no ${wanted ?? "folder or file"} on target path: ${where}.`,
      "Check the path of the input.",
    );
  }
  const kind = stats.isDirectory() ? "folder" : "file";
  if (kind === "file" && !stats.isFile()) {
    return failure("input/unsupported", `"${given}" is neither a folder nor a file.`, "Choose a folder or a file.");
  }
  if (wanted !== null && wanted !== kind) {
    return failure(
      "usage/invalid",
      `"${given}" is a ${kind}, not a ${wanted}.`,
      `Use --input-type uri_${kind}, or leave it out.`,
    );
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
