import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import {
  type AnswerFault,
  type controlPlaneProblems as english,
  fieldSentences,
} from "../../../../electron/contract/words/english/control-plane-problems.ts";
import { quotedNames } from "../../../../electron/contract/words/name-list.ts";

const answerFaults: Readonly<Record<AnswerFault, string>> = {
  "not-json": "het is geen JSON",
  shape: "er ontbreekt iets of het is van een ander type",
  "too-large": "het is groter dan zo'n antwoord mag zijn",
  "endless-list": "de lijst houdt niet op",
  "other-place": "de lijst gaat verder op een adres van iemand anders",
};

function notInWorkspace(
  noun: string,
  { name, workspace }: { readonly name: string; readonly workspace: string },
): [string, string] {
  return [`Er is geen ${noun} "${name}" in de Azure-werkruimte ${workspace}.`, "Bekijk wat er wel is."];
}

export const controlPlaneProblems: SameKinds<typeof english> = {
  "azure/sign-in-needed:refused": ({ host }) => [
    `${host} neemt de aanmelding van het account niet meer aan.`,
    "Meld u opnieuw aan.",
  ],
  "azure/no-workspace": () => ["Er is geen Azure-werkruimte gekozen.", "Kies een werkruimte."],
  "azure/no-workspace:other-cloud": ({ workspace, cloud, active }) => [
    `De gekozen werkruimte ${workspace} is in de cloud ${cloud}, en het aangemelde account is van ${active}.`,
    "Meld u daar aan, of kies een andere werkruimte.",
  ],
  "azure/workspace-not-found": ({ workspace }) => [
    `Er is geen Azure-werkruimte "${workspace}" die uw account mag zien.`,
    "Bekijk de lijst van werkruimten.",
  ],
  "azure/workspace-ambiguous": ({ workspace, places }) => [
    `Er heten meer werkruimten "${workspace}": ${quotedNames(places, "en", (more) => `nog ${more}`)}.`,
    "Kies er ook een resourcegroep of een abonnement bij.",
  ],
  "azure/subscription-not-found": ({ subscription }) => [
    `Er is geen abonnement "${subscription}" dat uw account mag zien.`,
    "Geef de id, zoals de Azure-portal die toont, of de precieze naam.",
  ],
  "azure/forbidden": ({ action, scope, role }) => [
    `Azure staat uw account "${action}" op "${scope}" niet toe.`,
    `Vraag een eigenaar daar om de rol "${role}". Een nieuwe rol geldt na een paar minuten; meld u daarna opnieuw aan.`,
  ],
  "azure/forbidden:untold": ({ address, reason, role }) => [
    `Azure weigerde "${address}": ${reason}`,
    `Als er een recht ontbreekt: vraag een eigenaar van de werkruimte om de rol "${role}".`,
  ],
  "azure/refused": ({ status, code, reason }) => [`Azure weigerde het verzoek (${status} ${code}): ${reason}`],
  "azure/refused:fields": ({ status, fields }) => [
    `Azure weigerde het verzoek (${status}): ${fieldSentences(fields)}`,
    "Verbeter wat er genoemd is en probeer het opnieuw.",
  ],
  "azure/unexpected-answer": ({ address, fault }) => [
    `Wat "${address}" antwoordde is niet wat de interface van Azure ML zegt: ${answerFaults[fault]}.`,
    "Probeer het opnieuw; helpt dat niet, werk Batchdeck dan bij of meld het.",
  ],
  "usage/invalid:workspace-file": ({ file }) => [
    `Het bestand "${file}" noemt geen werkruimte.`,
    "Neem de config.json die Azure ML-studio aanbiedt: daarin staan subscription_id, resource_group en workspace_name.",
  ],
  "usage/invalid:workspace-address": ({ address }) => [
    `"${address}" is niet het adres van een werkruimte.`,
    "Kopieer het hele adres van een pagina van Azure ML-studio, met wsid= erin.",
  ],
  "usage/invalid:azure-name": ({ name, what }) => [
    `"${name}" kan in Azure niet de naam van een ${azureNouns[what]} zijn.`,
    "Controleer de spelling.",
  ],
  "endpoint/not-found:azure": (sought) => notInWorkspace("eindpunt", sought),
  "deployment/not-found:azure": ({ endpoint, ...sought }) => notInWorkspace(`implementatie van "${endpoint}"`, sought),
  "compute/not-found:azure": (sought) => notInWorkspace("rekenresource", sought),
  "model/not-found:azure": (sought) => notInWorkspace("model", sought),
  "data/not-found:azure": (sought) => notInWorkspace("gegevensasset", sought),
  "environment/not-found:azure": (sought) => notInWorkspace("omgeving", sought),
  "component/not-found:azure": (sought) => notInWorkspace("onderdeel", sought),
  "datastore/not-found:azure": (sought) => notInWorkspace("gegevensopslag", sought),
  "job/not-found:azure": (sought) => notInWorkspace("taak", sought),
};

const azureNouns = {
  subscription: "abonnement",
  "resource group": "resourcegroep",
  workspace: "werkruimte",
  model: "model",
  environment: "omgeving",
  "data asset": "gegevensasset",
} as const;
