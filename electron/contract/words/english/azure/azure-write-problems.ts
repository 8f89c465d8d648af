import type { AzureWriteFacts } from "../parts/azure-write-words.ts";
import { lookCommand, writeWords } from "../parts/azure-write-words.ts";
import { type NameList, quotedNames } from "../../name-list.ts";
import type { WordTable } from "../../speaker.ts";

type Cluster = { readonly name: string; readonly workspace: string; readonly known: NameList };
type Version = { readonly name: string; readonly version: string; readonly workspace: string };

function clusters({ known }: Cluster): string {
  if (known.count === 0) return "It has no clusters: make one in Azure ML studio.";
  return `It has ${quotedNames(known, "and", (more) => `${more} more`)}: choose with --set compute=azureml:NAME.`;
}

function versionTaken(noun: string, { name, version, workspace }: Version): [string, string] {
  return [
    `The ${noun} "${name}" has a version ${version} with other content in the Azure workspace ${workspace}.`,
    "Versions never change: give another one, or none.",
  ];
}

/** What is sent to an Azure ML workspace to change it. */
export const azureWriteProblems = {
  "azure/operation-failed": ({ code, reason, ...write }: AzureWriteFacts & { code: string; reason: string }) => [
    `Azure could not ${writeWords(write)} (${code}): ${reason}`,
  ],
  "azure/operation-unfinished": (write: AzureWriteFacts) => [
    `Azure did not ${writeWords(write)} in time, and goes on with it.`,
    `See how it stands: ${lookCommand(write)}`,
  ],
  "azure/operation-unfinished:left": (write: AzureWriteFacts) => [
    `Azure was asked to ${writeWords(write)}, and goes on with it.`,
    `See how it stands: ${lookCommand(write)}`,
  ],
  "compute/not-found:azure-cluster": (cluster: Cluster) => [
    `There is no compute "${cluster.name}" in the Azure workspace ${cluster.workspace}.`,
    clusters(cluster),
  ],
  "compute/invalid:azure-type": ({ type, ...cluster }: Cluster & { type: string }) => [
    `The compute "${cluster.name}" of the Azure workspace ${cluster.workspace} is of the type ${type}, and batch jobs need a cluster.`,
    clusters(cluster),
  ],
  "datastore/not-found:azure-default": ({ workspace }: { workspace: string }) => [
    `The Azure workspace ${workspace} has no blob container as its default datastore, and files have to go there.`,
    "Choose one in Azure ML studio.",
  ],
  "endpoint/invalid:azure-auth-mode": ({ name, mode }: { name: string; mode: string }) => [
    `The file of the endpoint "${name}" says auth_mode: ${mode}, and batch endpoints in Azure have aad_token alone.`,
    "Leave auth_mode out.",
  ],
  "model/invalid:azure-version-taken": (version: Version) => versionTaken("model", version),
  "environment/invalid:azure-version-taken": (version: Version) => versionTaken("environment", version),
  "script/invalid:azure-version-taken": (version: Version) => versionTaken("code", version),
  "data/invalid:azure-version-taken": (version: Version) => versionTaken("data asset", version),
  "deployment/unsupported:azure-node-script": ({ script }: { script: string }) => [
    `The scoring script "${script}" is not Python, and Azure runs nothing else.`,
    "Write it in Python, or run the deployment on this computer.",
  ],
  "deployment/unsupported:azure-no-environment": ({ deployment }: { deployment: string }) => [
    `The deployment "${deployment}" runs a script and names no environment that Azure could make.`,
    "Name one of the Azure workspace, or an image: --set environment.image=IMAGE and --set environment.conda_file=FILE.",
  ],
  "deployment/unsupported:azure-build": ({ deployment }: { deployment: string }) => [
    `The environment of the deployment "${deployment}" is to be built from a Dockerfile, which Batchdeck does not send to Azure.`,
    "Register it with: az ml environment create, and name it as azureml:NAME:VERSION.",
  ],
  "deployment/unsupported:azure-pipeline": ({ deployment }: { deployment: string }) => [
    `"${deployment}" is a pipeline deployment, which Batchdeck does not make in Azure.`,
    "Make it with: az ml batch-deployment create",
  ],
} satisfies Partial<WordTable>;
