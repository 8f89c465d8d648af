import path from "node:path";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { AzureDeployment, AzureEndpoint } from "../../contract/views/azure.ts";
import { parseDataAddress, withoutSecrets } from "../../data/names/address.ts";
import { tagOf } from "../../deployments/endpoints.ts";
import { deploymentFromYaml } from "../../deployments/yaml/deployment-file.ts";
import { readEndpointFile } from "../../deployments/yaml/endpoint-file.ts";
import { type FileEdits, withEdits } from "../../deployments/yaml/file-edits.ts";
import { parseYaml } from "../../deployments/yaml/read-yaml.ts";
import { yamlText } from "../../deployments/yaml/yaml-text.ts";
import type { EndpointChange } from "../../remote/azureml/writes/bodies.ts";
import type { DeploymentChange } from "../../remote/azureml/writes/changes.ts";
import { listFiles } from "../../remote/azureml/writes/list-files.ts";
import type { ModelToRegister } from "../../remote/azureml/writes/plan.ts";
import type { DataToRegister } from "../../remote/azureml/writes/register-assets.ts";
import type { AssetRequest } from "../data.ts";
import type { ModelRequest } from "../models.ts";

/*
 * Requests of commands and the window, as the arguments of `AzureChanges`. Nothing is asked here.
 */

type Set = Readonly<Record<string, string>>;

/** `file` null: all of it is in the edits. Problems: endpoint/invalid, usage/invalid. */
export async function endpointForAzure(
  file: string | null,
  edits: FileEdits,
): Promise<Result<{ readonly name: string; readonly change: EndpointChange }>> {
  const read = await readEndpointFile(file, edits);
  if (!read.ok) return read;
  const { name, description, tags, properties, authMode, defaultDeployment } = read.value;
  if (authMode !== "aad_token") return failure("endpoint/invalid:azure-auth-mode", { name, mode: authMode });
  const change = { description, tags, properties, ...(defaultDeployment === null ? {} : { defaultDeployment }) };
  return success({ name, change });
}

/** `set`: what `endpoint update --set` takes. Problem: usage/invalid. */
export function endpointUpdate({ tags }: AzureEndpoint, set: Set): Result<EndpointChange> {
  let change: EndpointChange = {};
  for (const [key, value] of Object.entries(set)) {
    const tag = tagOf(key);
    if (key === "defaults.deployment_name") change = { ...change, defaultDeployment: value === "" ? null : value };
    else if (key === "description") change = { ...change, description: value };
    else if (tag !== null) change = { ...change, tags: { ...(change.tags ?? tags), [tag]: value } };
    else return failure("usage/invalid:endpoint-key", { key });
  }
  return success(change);
}

/** Azure changes descriptions and tags by themselves; for all else a deployment is replaced. */
export type DeploymentUpdate =
  | { readonly kind: "words"; readonly words: Pick<DeploymentChange, "description" | "tags"> }
  | { readonly kind: "whole"; readonly change: DeploymentChange };

/** `set`: what `deployment update --set` takes. Problems: usage/invalid, deployment/invalid, deployment/unsupported. */
export function deploymentUpdate(view: AzureDeployment, set: Set): Result<DeploymentUpdate> {
  if (view.type === "pipeline") return failure("deployment/unsupported:azure-pipeline", { deployment: view.name });
  const unknown = Object.keys(set).find(
    (key) => !/^((tags|settings|properties|resources)\.|(compute|description)$)/.test(key),
  );
  if (unknown !== undefined) return failure("usage/invalid:deployment-key", { key: unknown });
  const { name, endpoint_name, description, tags, properties, model, compute, resources, settings } = view;
  const { instance_count, instance_type } = resources;
  const { output_file_name, ...others } = settings;
  // Read as the file that it would be made from, so that one set of rules says what a setting may be.
  const text = yamlText({
    name,
    endpoint_name,
    type: "model",
    description,
    tags,
    properties,
    model: model ?? name,
    ...(compute === null ? {} : { compute }),
    resources: { instance_count, ...(instance_type === null ? {} : { instance_type }) },
    settings: { ...others, ...(output_file_name === null ? {} : { output_file_name }) },
  });
  const yaml = parseYaml(text, path.resolve("deployment.yml"), "deployment/invalid");
  const edited = yaml.ok ? withEdits(yaml.value, { set, options: {} }) : yaml;
  const read = edited.ok ? deploymentFromYaml(edited.value) : edited;
  if (!read.ok) return read;
  if (read.value.type === "pipeline") throw new Error("A model deployment is a model deployment.");
  const { source, computeName, settings: wanted } = read.value;
  const words = { description: textOf(source["description"]), tags: textsOf(source["tags"]) };
  if (Object.keys(set).every((key) => /^(description$|tags\.)/.test(key))) return success({ kind: "words", words });
  const { instance_type: type } = (source["resources"] ?? {}) as { readonly instance_type?: string };
  const change: DeploymentChange = {
    ...words,
    properties: textsOf(source["properties"]),
    compute: computeName ?? "",
    instanceType: type ?? null,
    settings: wanted,
  };
  return success({ kind: "whole", change });
}

/** Problems: those of reading the files. */
export async function modelForAzure({
  name,
  path: place,
  version,
  type,
}: ModelRequest): Promise<Result<ModelToRegister>> {
  const listed = await listFiles(place, "model");
  if (!listed.ok) return listed;
  const isMlflow = listed.value.root.kind === "folder" && listed.value.files.some((file) => file.path === "MLmodel");
  const found = isMlflow ? "mlflow_model" : "custom_model";
  return success({ kind: "files", name, version, type: type ?? found, files: listed.value });
}

/** Of this computer, or of an address in the cloud, which stays where it is. Problems: data/invalid, and those of reading. */
export async function dataForAzure(request: AssetRequest): Promise<Result<DataToRegister>> {
  const { name, version, description } = request;
  const address = parseDataAddress(request.path);
  if (!address.ok) return address;
  const common = { name, version, description };
  const named = request.type === "uri_file" || request.type === "uri_folder" ? request.type : null;
  if (request.type !== null && named === null) return failure("data/invalid:type", { type: request.type });
  if (address.value.kind === "asset") return failure("data/invalid:is-asset", { path: request.path });
  if (address.value.kind !== "path") {
    if (withoutSecrets(request.path) !== request.path) return failure("data/invalid:secret");
    return success({ ...common, type: named ?? "uri_folder", source: { uri: request.path } });
  }
  const listed = await listFiles(address.value.path, "model");
  if (!listed.ok) return listed;
  const type = listed.value.root.kind === "file" ? "uri_file" : "uri_folder";
  return success({ ...common, type, source: { files: listed.value } });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, text]) => [key, String(text)]));
}
