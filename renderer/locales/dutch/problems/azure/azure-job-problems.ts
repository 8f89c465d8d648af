import type { SameKinds } from "../../../../../electron/contract/words/english-problems.ts";
import type { azureJobProblems as english } from "../../../../../electron/contract/words/english/azure/azure-job-problems.ts";

const logs = "Bekijk de logboeken in Azure ML studio.";

export const azureJobProblems: SameKinds<typeof english> = {
  "azure/job-failed": ({ job, reason }) => [
    `Azure heeft taak ${job} als mislukt beëindigd. ${reason === "" ? "Een reden staat er niet bij." : reason}`,
    logs,
  ],
  "azure/job-lost": ({ job }) => [
    `Azure kent taak ${job} niet meer.`,
    "Zoek de taak in Azure ML studio; als ze daar weg is, start dan een nieuwe.",
  ],
  "azure/job-canceled": ({ job }) => [
    `Taak ${job} is in Azure geannuleerd, en niet van hieruit.`,
    "Ook het wegvallen van alle knooppunten met lage prioriteit annuleert een taak. Start een nieuwe.",
  ],
  "azure/no-results": ({ job, place }) => [
    `Volgens Azure is taak ${job} voltooid, maar er zijn geen resultaten op ${place}.`,
    logs,
  ],
  "azure/unreadable-results": ({ file, line, reason }) => [
    `Regel ${line} van "${file}", geschreven door Azure, kan niet worden gelezen: ${reason}.`,
    "Wat Azure schreef, staat in de map azure van de uitvoermap.",
  ],
  "azure/other-cloud": ({ job, cloud, active }) => [
    `Taak ${job} is in de cloud ${cloud}, en het account is nu aangemeld bij ${active}.`,
    "Meld u daar aan.",
  ],
  "azure/sign-in-needed:job": ({ job, account }) => [
    `Taak ${job} is van het account ${account}, dat niet is aangemeld.`,
    "Meld u aan.",
  ],
  "azure/not-ready": ({ what, state }) => [
    `${what} kan in Azure niet worden aangeroepen; de toestand is ${state}.`,
    "Wacht tot Azure klaar is, of bekijk in Azure ML studio wat er misging.",
  ],
  "azure/no-datastore": ({ workspace }) => [
    `De Azure-werkruimte ${workspace} heeft geen standaardgegevensopslag van blobs voor invoer en resultaten.`,
    "Stel er een in in Azure ML studio.",
  ],
  "endpoint/no-default-deployment:azure": ({ endpoint }) => [
    `Het eindpunt "${endpoint}" heeft in Azure geen standaardimplementatie.`,
    "Kies een implementatie.",
  ],
  "deployment/unsupported:azure-invoke": ({ deployment }) => [
    `De implementatie "${deployment}" is een pijplijn, die van hieruit niet wordt aangeroepen.`,
    "Kies een modelimplementatie.",
  ],
  "input/empty:azure": ({ path, nested }) => [
    nested === 0
      ? `Er staan geen bestanden in "${path}".`
      : `Er staan geen bestanden direct in "${path}"; Azure kijkt niet in de mappen daarin, met ${nested} bestanden.`,
    "Kies een map met bestanden.",
  ],
  "input/unsupported:azure-secret": ({ address }) => [
    `Het adres van "${address}" bevat een sleutel, die bij de taak zou worden bewaard.`,
    "Maak in Azure ML studio een gegevensopslag van die plek en noem die.",
  ],
  "input/unsupported:azure-job-output": ({ address }) => [
    `"${address}" is de uitvoer van een taak; dat is in Azure geen invoer.`,
    "Noem de map waarin ze staat, in een gegevensopslag.",
  ],
  "usage/invalid:azure-setting": ({ key, known }) => [
    `De instelling ${key} heeft geen betekenis voor een taak in Azure.`,
    `Wel: ${known.join(", ")}.`,
  ],
  "job/not-allowed:azure-address": ({ job }) => [
    `De invoer van de taak ${job} staat in Azure. Azure kan daarvan niet enkele bestanden krijgen.`,
    "Zet de bestanden die mislukten in een eigen map (errors.csv noemt ze) en roep het eindpunt daarmee aan.",
  ],
  "job/not-allowed:azure-unnamed": ({ job }) => [
    `Wat Azure voor de taak ${job} schreef, zegt niet welke bestanden mislukten.`,
    "Roep het eindpunt opnieuw aan met de hele invoer. Met een script dat bij elke rij de naam van het bestand geeft, kan zo'n nieuwe poging wel.",
  ],
};
