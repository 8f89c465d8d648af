import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type {
  jobProblems as english,
  RefusedCommand,
} from "../../../../electron/contract/words/english/job-problems.ts";
import type { WrittenWords } from "../../../../electron/contract/words/speaker.ts";
import { assetNameRule, statusWords } from "../parts/common.ts";

const itemWords = { row: "rijen", file: "bestanden" } as const;

const commandWords: Readonly<Record<RefusedCommand, string>> = {
  paused: "gepauzeerd",
  resumed: "hervat",
  cancelled: "geannuleerd",
};

function overThreshold(
  { unit, failed, total }: { unit: "row" | "file"; failed: string; total: string | null },
  isOne: boolean,
  allowed: string,
  setting: string,
): WrittenWords {
  const of = total === null ? failed : `${failed} van de ${total}`;
  const what =
    unit === "file"
      ? `${of} ${isOne && total === null ? "bestand heeft" : isOne ? "bestanden heeft" : "bestanden hebben"} mislukte items`
      : `${of} ${isOne && total === null ? "item is" : isOne ? "items is" : "items zijn"} mislukt`;
  return [`${what}, meer dan de ${allowed} toestaat.`, `Bekijk errors.csv, of verhoog ${setting}.`];
}

export const jobProblems: SameKinds<typeof english> = {
  "job/not-found": ({ job }) => [`Er is geen taak met de naam "${job}".`, "Bekijk de lijst van taken."],
  "job/not-found:here": ({ job }) => [
    `Er is geen taak met de naam "${job}" in deze werkruimte.`,
    "Bekijk de lijst van taken.",
  ],
  "job/exists": ({ job }) => [`Er is al een taak met de naam "${job}".`, "Kies een andere naam met --job-name."],
  "usage/invalid:job-name": ({ name }) => [`"${name}" kan niet de naam van een taak zijn.`, assetNameRule],
  "usage/invalid:output-name": ({ name }) => [
    `"${name}" kan niet de naam van het uitvoerbestand zijn.`,
    "Geef een naam zonder mappen.",
  ],
  "usage/invalid:output-name-taken": ({ name }) => [
    `"${name}" is de naam van een ander bestand van de taak.`,
    "Kies een andere output_file_name.",
  ],
  "usage/invalid:no-such-output": ({ output, job, known }) => [
    `De taak ${job} heeft geen uitvoer "${output}".`,
    `Die heet ${known}.`,
  ],
  "model/not-found:lost": ({ model, version }) => [
    `Het model ${model}:${version} staat niet meer in de werkruimte.`,
    "Maak de implementatie opnieuw.",
  ],
  "model/not-found:lost-by-job": ({ model, version }) => [
    `Het model ${model}:${version} staat niet meer in de werkruimte.`,
    "Maak de implementatie opnieuw en scoor met het eindpunt.",
  ],

  "job/not-allowed:command": ({ job, command, status }) => [
    `De taak ${job} kan niet worden ${commandWords[command]}: die is ${statusWords[status]}.`,
  ],
  "job/not-allowed:delete": ({ job, status }) => [
    `De taak ${job} is ${statusWords[status]}.`,
    "Annuleer de taak eerst.",
  ],
  "job/not-allowed:unfinished": ({ job, status }) => [
    `De taak ${job} is nog niet klaar: die is ${statusWords[status]}.`,
    "Wacht tot de taak klaar is.",
  ],
  "job/not-allowed:gave-up": ({ job, status }) => [
    `De taak ${job} is ${statusWords[status]} voordat alles was geprobeerd.`,
    "Scoor de invoer opnieuw.",
  ],
  "job/not-allowed:retry": ({ job, retried }) => [
    `De taak ${job} is een nieuwe poging van ${retried} en heeft de bestanden daarvan gemaakt.`,
    `Probeer de mislukte items van ${retried} opnieuw.`,
  ],
  "job/not-allowed:base-in-use": ({ job, user }) => [
    `De taak ${user}, die nog niet klaar is, neemt rijen over van ${job}.`,
    "Annuleer die taak eerst, of wacht tot die klaar is.",
  ],
  "job/not-allowed:holds-records": ({ job, retried }) => [
    `De taak ${job} bevat de gegevens van ${retried}, waarvan die een nieuwe poging was.`,
    `Verwijder die eerst: batchdeck job delete -n ${retried} --yes`,
  ],
  "job/not-allowed:output-partial": ({ address, job, status }) => [
    `"${address}" kan geen invoer zijn: de taak ${job} is ${statusWords[status]}, dus de uitvoer is niet volledig.`,
    "Geef het pad van het bestand met wat de taak wel heeft gedaan.",
  ],
  "job/not-allowed:output-unfinished": ({ address, job, status }) => [
    `"${address}" kan geen invoer zijn: de taak ${job} is ${statusWords[status]}, dus de uitvoer is er nog niet.`,
    "Wacht tot de taak klaar is.",
  ],
  "job/not-allowed:no-predictions": ({ job, status }) => [
    `De taak ${job} heeft geen volledig bestand met voorspellingen: ${status === "Completed" ? "de instelling was om geen te schrijven" : `die is ${statusWords[status]}`}.`,
  ],
  "job/not-allowed:other-items": ({ a, itemsOfA, b, itemsOfB }) => [
    `De items van ${a} zijn ${itemWords[itemsOfA]} en die van ${b} zijn ${itemWords[itemsOfB]}: ze kunnen niet naast elkaar worden gezet.`,
  ],
  "job/not-allowed:no-common-column": ({ a, b }) => [`De voorspellingen van ${a} en ${b} hebben geen kolom gemeen.`],
  "job/not-allowed:damaged-list": ({ folder }) => [
    `De mislukte items kunnen niet opnieuw worden geprobeerd: de bestandenlijst van de taak is beschadigd, in ${folder}.`,
    "Scoor de invoer opnieuw.",
  ],
  "job/nothing-failed": ({ job }) => [`In de taak ${job} is niets mislukt.`],

  "job/interrupted": () => [
    "Het programma dat deze taak uitvoerde, stopte voordat de taak klaar was.",
    "Hervat de taak.",
  ],
  "job/no-success": () => ["Geen enkel item is gelukt.", "Bekijk errors.csv om te zien wat er met elk item mis was."],
  "job/error-threshold": ({ unit, failed, allowed }, { number }) =>
    overThreshold(
      { unit, failed: number(failed), total: null },
      failed === 1,
      `${number(allowed)} die error_threshold`,
      "error_threshold",
    ),
  "job/error-threshold:percent": ({ unit, failed, total, percent }, { number }) =>
    overThreshold(
      { unit, failed: number(failed), total: number(total) },
      failed === 1,
      `${number(percent)}% die batchdeck.error_threshold_percent`,
      "batchdeck.error_threshold_percent",
    ),

  "registry/damaged:journal": ({ folder }) => [
    `Het journaal van de taak in ${folder} is beschadigd.`,
    "De taak begint vanzelf opnieuw; controleer de schijf.",
  ],
  "engine/bug:job": ({ reason }) => [
    `De taak stopte door een fout in Batchdeck zelf: ${reason}`,
    "Meld dit; de invoer opnieuw scoren helpt misschien.",
  ],
  "engine/bug:planning": ({ reason }) => [`Het plannen stopte door een fout in Batchdeck zelf: ${reason}.`],
  "engine/bug:output": ({ reason }) => [
    `De uitvoer kon niet worden geschreven: ${reason}`,
    "Controleer de schijf en scoor de invoer opnieuw.",
  ],
  "engine/bug:output-ended": () => [
    "De uitvoer kon niet worden geschreven: het proces dat dit doet stopte telkens weer.",
    "Controleer de schijf en scoor de invoer opnieuw.",
  ],
  "engine/bug:compare": () => [
    "Het proces dat de taken vergelijkt stopte telkens weer.",
    "Sluit andere programma's die veel geheugen gebruiken en vergelijk opnieuw.",
  ],
  "engine/bug:compare-silent": () => [
    "Het proces dat de taken vergelijkt meldde tien minuten lang niets.",
    "Controleer de schijven van beide uitvoeren en vergelijk opnieuw.",
  ],
};
