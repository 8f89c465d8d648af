import type { SameKinds } from "../../../../../electron/contract/words/english-problems.ts";
import type { azureWriteProblems as english } from "../../../../../electron/contract/words/english/azure/azure-write-problems.ts";
import type { AzureWriteFacts } from "../../../../../electron/contract/words/english/parts/azure-write-words.ts";
import { type NameList, quotedNames } from "../../../../../electron/contract/words/name-list.ts";

const nouns = { endpoint: "het eindpunt", deployment: "de implementatie" } as const;
const changes = { create: "maken", update: "wijzigen", delete: "verwijderen" } as const;

function writeWords({ noun, name, endpoint, change }: AzureWriteFacts): string {
  return `${nouns[noun]} "${name}"${endpoint === null ? "" : ` van "${endpoint}"`} niet ${changes[change]}`;
}

function askedWords({ noun, name, endpoint, change }: AzureWriteFacts): string {
  return `${nouns[noun]} "${name}"${endpoint === null ? "" : ` van "${endpoint}"`} te ${changes[change]}`;
}

function clusters({ known }: { readonly known: NameList }): string {
  if (known.count === 0) return "Er zijn geen clusters: maak er een in Azure ML-studio.";
  return `Kies er een: ${quotedNames(known, "of", (more) => `nog ${more}`)}.`;
}

function versionTaken(noun: string, { name, version, workspace }: Record<"name" | "version" | "workspace", string>) {
  return [
    `${noun} "${name}" heeft in de Azure-werkruimte ${workspace} al een versie ${version} met een andere inhoud.`,
    "Versies veranderen nooit: kies een andere, of geen.",
  ] as const;
}

export const azureWriteProblems: SameKinds<typeof english> = {
  "azure/operation-failed": ({ code, reason, ...write }) => [`Azure kon ${writeWords(write)} (${code}): ${reason}`],
  "azure/operation-unfinished": (write) => [
    `Azure werd niet op tijd klaar met de opdracht om ${askedWords(write)}, en gaat ermee door.`,
    "Kijk later hoe het ermee staat.",
  ],
  "azure/operation-unfinished:left": (write) => [
    `Azure kreeg de opdracht om ${askedWords(write)}, en gaat ermee door.`,
    "Kijk later hoe het ermee staat.",
  ],
  "compute/not-found:azure-cluster": (cluster) => [
    `Er is geen rekenresource "${cluster.name}" in de Azure-werkruimte ${cluster.workspace}.`,
    clusters(cluster),
  ],
  "compute/invalid:azure-type": ({ type, ...cluster }) => [
    `De rekenresource "${cluster.name}" van de Azure-werkruimte ${cluster.workspace} is van het type ${type}, en batchtaken hebben een cluster nodig.`,
    clusters(cluster),
  ],
  "datastore/not-found:azure-default": ({ workspace }) => [
    `De Azure-werkruimte ${workspace} heeft geen blobcontainer als standaardgegevensopslag, en daar moeten de bestanden heen.`,
    "Kies er een in Azure ML-studio.",
  ],
  "endpoint/invalid:azure-auth-mode": ({ name, mode }) => [
    `Het bestand van het eindpunt "${name}" zegt auth_mode: ${mode}, en batcheindpunten in Azure hebben alleen aad_token.`,
    "Laat auth_mode weg.",
  ],
  "model/invalid:azure-version-taken": (version) => versionTaken("Het model", version),
  "environment/invalid:azure-version-taken": (version) => versionTaken("De omgeving", version),
  "script/invalid:azure-version-taken": (version) => versionTaken("De code", version),
  "data/invalid:azure-version-taken": (version) => versionTaken("De gegevensasset", version),
  "deployment/unsupported:azure-node-script": ({ script }) => [
    `Het scorescript "${script}" is geen Python, en Azure voert niets anders uit.`,
    "Schrijf het in Python, of voer de implementatie op deze computer uit.",
  ],
  "deployment/unsupported:azure-no-environment": ({ deployment }) => [
    `De implementatie "${deployment}" voert een script uit en noemt geen omgeving die Azure kan maken.`,
    "Noem een omgeving van de Azure-werkruimte, of een image met een conda-bestand.",
  ],
  "deployment/unsupported:azure-build": ({ deployment }) => [
    `De omgeving van de implementatie "${deployment}" wordt van een Dockerfile gebouwd, en die stuurt Batchdeck niet naar Azure.`,
    "Registreer de omgeving met az ml environment create, en noem haar als azureml:NAAM:VERSIE.",
  ],
  "deployment/unsupported:azure-pipeline": ({ deployment }) => [
    `"${deployment}" is een pijplijnimplementatie, en die maakt Batchdeck niet in Azure.`,
    "Maak haar met az ml batch-deployment create.",
  ],
};
