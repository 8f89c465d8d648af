import type { ProcessHost } from "../../compute/process-host.ts";
import type { AzurePart } from "../../contract/nouns/azure/azure-part.ts";
import type { SentFiles } from "../../contract/nouns/azure/sent-files.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { AzurePlace } from "../../contract/views/azure.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { type DataAddress, parseDataAddress, withoutSecrets } from "../../data/names/address.ts";
import { type DataKind, resolveData } from "../../data/names/resolve-address.ts";
import { askListForAzure } from "../../jobs/submit/ask-list-for-azure.ts";
import type { Registry } from "../../registry/open-registry.ts";
import type { AzureResources } from "../azureml/azure-client.ts";

/** An input as a job for Azure has it. */
export type PlannedInput = {
  readonly input: Pick<JobSpec["input"], "path" | "kind" | "source">;
  readonly azure: AzurePart["input"];
  /** What is sent; null: nothing is, since it lies in Azure. */
  readonly listed: SentFiles | null;
};

export type InputTools = {
  readonly registry: Registry;
  readonly host: ProcessHost;
  /** Ends the look at it. */
  readonly signal: AbortSignal | null;
};

/**
 * What an invocation names: a folder or file of this computer, which is sent, or what Azure finds by itself. Problems:
 * input/not-found, input/empty, input/unreadable, input/unsupported, data/not-found, datastore/not-found, those of Azure.
 */
export async function planInput(
  tools: InputTools,
  given: string,
  wanted: DataKind | null,
  { resources, place }: { readonly resources: AzureResources; readonly place: AzurePlace },
): Promise<Result<PlannedInput>> {
  const parsed = parseDataAddress(given);
  if (!parsed.ok) return parsed;
  const address = parsed.value;
  switch (address.kind) {
    case "path":
      return localInput(tools, given, wanted);
    case "remote":
      if (withoutSecrets(given) !== given) {
        return failure("input/unsupported:azure-secret", { address: withoutSecrets(given) });
      }
      return success(inAzure(given, given, wanted ?? "folder"));
    case "job-output":
      return failure("input/unsupported:azure-job-output", { address: withoutSecrets(given) });
    case "datastore": {
      const { elsewhere } = address;
      if (elsewhere !== null && !isHere(elsewhere, place)) {
        const uri = `azureml://${elsewhere}/datastores/${address.name}/paths/${address.path}`;
        return success(inAzure(given, uri, wanted ?? "folder"));
      }
      const store = await resources.datastores.show(address.name);
      if (!store.ok) return store;
      return success(inAzure(given, `azureml://datastores/${address.name}/paths/${address.path}`, wanted ?? "folder"));
    }
    case "asset":
      if (address.elsewhere !== null && !isHere(address.elsewhere, place)) {
        return success(inAzure(given, given, wanted ?? "folder"));
      }
      return dataAsset(given, address, wanted, resources);
  }
}

/** Whether what an address names is the workspace that the job runs in; what lies in another one Azure finds by the whole address. */
function isHere(named: string, { subscription, resource_group: group, workspace }: AzurePlace): boolean {
  const parts = named.toLowerCase().split("/");
  const isNamed = (word: string, name: string) => parts[parts.indexOf(word) + 1] === name.toLowerCase();
  return isNamed("subscriptions", subscription) && isNamed("resourcegroups", group) && isNamed("workspaces", workspace);
}

async function dataAsset(
  given: string,
  { name, version }: Extract<DataAddress, { readonly kind: "asset" }>,
  wanted: DataKind | null,
  resources: AzureResources,
): Promise<Result<PlannedInput>> {
  const found = await resources.assets("data").show(name, version);
  if (!found.ok) return found;
  const { type, id } = found.value.view;
  if (type !== "uri_folder" && type !== "uri_file") {
    return failure("input/unsupported:input-type", { input: name, type: type ?? "unknown" });
  }
  return success(inAzure(given, id, wanted ?? (type === "uri_file" ? "file" : "folder")));
}

function inAzure(given: string, uri: string, kind: "folder" | "file"): PlannedInput {
  return { input: { path: uri, kind, source: given }, azure: { kind: "address", uri }, listed: null };
}

/** Of a local data asset, the folder or file that it names. */
async function localInput(
  { registry, host, signal }: InputTools,
  given: string,
  wanted: DataKind | null,
): Promise<Result<PlannedInput>> {
  const found = await resolveData(registry, given, wanted);
  if (!found.ok) return found;
  const place = found.value;
  if (place.kind === "remote") return success(inAzure(given, place.address, wanted ?? "folder"));
  const { path, kind, source } = place;
  const listed = await askListForAzure(host, { path, kind }, { listingFile: null, retried: null }, signal);
  if (!listed.ok) return listed;
  return success({ input: { path, kind, source }, azure: { kind: "upload" }, listed: listed.value });
}
