import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type {
  addressProblems as english,
  FileUriFault,
} from "../../../../electron/contract/words/english/address-problems.ts";
import type { NestedProblem, Speaker, WrittenWords } from "../../../../electron/contract/words/speaker.ts";

const supportedForms =
  "Invoer kan zijn: een pad in een gegevensarchief, een openbare URI, een geregistreerde gegevensasset of een lokaal pad.";

const fileUriFaults: Readonly<Record<FileUriFault, readonly [string, string]>> = {
  "not-whole": ["is geen volledige bestands-URI", "Schrijf file:///MAP/BESTAND."],
  query: ["bevat een ? of #", "Schrijf ze in een bestandsnaam als %3F en %23."],
  separator: ["verbergt een scheidingsteken in een naam", "Schrijf / tussen mappen."],
  encoding: ["is niet goed gecodeerd", "Schrijf elke % die bij een naam hoort als %25."],
  drive: ["noemt geen station", "Schrijf file:///C:/MAP/BESTAND."],
};

const kinds = { folder: "map", file: "bestand" } as const;
const withArticle = { folder: "een map", file: "een bestand" } as const;

function unusableAsset({ asset, cause }: { asset: string; cause: NestedProblem }, { problem }: Speaker): WrittenWords {
  const { message, remedy } = problem(cause);
  return [`De gegevensasset ${asset} kan niet worden gebruikt: ${message}`, remedy];
}

export const addressProblems: SameKinds<typeof english> = {
  "input/unsupported:scheme": ({ address }) => [`"${address}" is van een onbekende soort.`, supportedForms],
  "input/unsupported:asset-name": ({ address }) => [
    `"${address}" is niet de naam van een gegevensasset.`,
    supportedForms,
  ],
  "input/unsupported:label": ({ address, label }) => [
    `"${address}" heeft het label "${label}"; het enige label hier is latest.`,
    supportedForms,
  ],
  "input/unsupported:outside-datastore": ({ address }) => [
    `"${address}" noemt een plaats buiten het gegevensarchief.`,
    supportedForms,
  ],
  "input/unsupported:outside-output": ({ address }) => [
    `"${address}" noemt een plaats buiten de uitvoer van de taak.`,
    supportedForms,
  ],
  "input/unsupported:azureml-address": ({ address }) => [
    `Ongeldige invoer: "${address}" is geen gegevensasset, geen pad in een gegevensarchief en niet de uitvoer van een taak.`,
    "Schrijf azureml:NAAM:VERSIE, azureml://datastores/NAAM/paths/PAD of azureml://jobs/TAAK/outputs/score.",
  ],
  "input/unsupported:file-uri": ({ uri, fault }) => {
    const [is, remedy] = fileUriFaults[fault];
    return [`"${uri}" ${is}.`, remedy];
  },
  "input/unsupported:file-uri-host": ({ uri, host }) => [
    `"${uri}" noemt de computer "${host}".`,
    "Geef in plaats daarvan het pad van de gedeelde map.",
  ],
  "input/unsupported:link-outside": ({ address, folder }) => [
    `"${address}" leidt via een koppeling uit ${folder}.`,
    "Geef het pad van die plaats zelf.",
  ],
  "input/not-found:folder-of-address": ({ address, folder, errno }) => [
    `De map ${folder} van "${address}" kan niet worden gelezen (${errno ?? "reden onbekend"}).`,
    "Verbind de schijf of netwerkmap, of noem een andere map.",
  ],
  "input/not-found:path": ({ path, wanted }) => [
    `Er is geen ${wanted === null ? "map of bestand" : kinds[wanted]} op deze plaats: ${path}.`,
    "Controleer het pad van de invoer.",
  ],
  "input/unsupported:special-file": ({ path }) => [
    `"${path}" is geen map en geen bestand.`,
    "Kies een map of een bestand.",
  ],
  "usage/invalid:input-kind": ({ path, kind, wanted }) => [
    `"${path}" is ${withArticle[kind]}, niet ${withArticle[wanted]}.`,
    `Gebruik --input-type uri_${kind}, of laat dit weg.`,
  ],
  "usage/invalid:asset-type": ({ asset, type, wanted }) => [
    `De gegevensasset ${asset} is een ${type}, geen uri_${wanted}.`,
    `Gebruik --input-type ${type}, of laat dit weg.`,
  ],
  "input/unsupported:job-output": ({ job, output }) => [
    `De taak ${job} heeft geen uitvoer "${output}".`,
    `De enige uitvoer heet score: azureml://jobs/${job}/outputs/score`,
  ],
  "input/needs-download": ({ address }) => [
    `"${address}" staat niet op deze computer en kan hier nog niet worden opgehaald.`,
    "Download het met Azure Storage Explorer of azcopy, en geef dan de lokale map of het lokale bestand.",
  ],
  "data/not-found:asset": unusableAsset,
  "datastore/not-found:asset": unusableAsset,
  "input/not-found:asset": unusableAsset,
  "input/unsupported:asset": unusableAsset,
  "job/not-allowed:asset": unusableAsset,
  "job/not-found:asset": unusableAsset,
  "usage/invalid:asset": unusableAsset,
};
