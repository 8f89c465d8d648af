import type { JobNote } from "../../../electron/contract/nouns/job-note.ts";
import type { JobWarning } from "../../../electron/contract/nouns/job-warning.ts";
import type { GivingWay, WaitingReason } from "../../../electron/contract/nouns/waiting-reason.ts";
import { oneLine } from "../../../electron/contract/plain-text.ts";
import { createSpeaker } from "../../../electron/contract/words/speaker.ts";
import { dutchProblems } from "../dutch-problems.ts";
import { deviceTitles } from "../../../electron/contract/nouns/device.ts";
import { dutchLeftOut } from "./left-out.ts";
import type { JobSentences } from "../../../electron/contract/sentences/job-sentences.ts";
import {
  localTime,
  sentenceOf,
  type SentencesOf,
  transferDone,
  type TransferWords,
} from "../../../electron/contract/sentences/sentences.ts";

const transfer: TransferWords = { of: "van", hours: "uur", left: (time) => `nog ongeveer ${time}` };

const dutch = createSpeaker(dutchProblems, "nl");

const givingWay: Readonly<Record<GivingWay, string>> = {
  battery: "De rekenresource heeft lage prioriteit en de computer werkt op de accu.",
  user: "De rekenresource heeft lage prioriteit en iemand gebruikt de computer.",
  quiet: "De rekenresource heeft lage prioriteit; de taak gaat verder na tien seconden rust.",
};

const waiting: SentencesOf<WaitingReason> = {
  "queue-paused": () => "De wachtrij is gepauzeerd.",
  "no-engine": ({ job }) => `Start zodra Batchdeck open is, of met: batchdeck job stream -n ${job}`,
  "no-command": ({ job }) =>
    `Geen opdracht wacht erop: start zodra Batchdeck open is, of met: batchdeck job stream -n ${job}`,
  "giving-way": ({ to }) => givingWay[to],
  "others-ending": () => "Wacht tot andere taken hun werkprocessen hebben vrijgegeven.",
  short: ({ of, compute, workers, wanted, others }) => {
    if (workers === 0) {
      const thing = of === "cores" ? "een processorkern" : `een instantie van ${compute}`;
      return others.length === 0
        ? `Wacht op ${thing}.`
        : `Wacht op ${thing}; ${listed(others)} ${others.length === 1 ? "gaat" : "gaan"} voor.`;
    }
    const few = `Heeft ${workers} van ${wanted} werkprocessen`;
    if (of === "cores")
      return others.length === 0 ? `${few}.` : `${few}; de andere kernen werken voor ${listed(others)}.`;
    return others.length === 0
      ? `${few}; ${compute} heeft geen instanties meer.`
      : `${few}; deelt ${compute} met ${listed(others)}.`;
  },
  listing: () => "De bestanden van de invoer worden geteld.",
  starting: () => "De werkprocessen starten.",
  "download-listing": () => "De invoer wordt opgezocht.",
  downloading: (sizes) => `De invoer wordt gedownload${decimalComma(transferDone(sizes, transfer))}.`,
  downloaded: () => "De invoer is gedownload en wordt bekeken.",
  "azure-hashing": () => "De bestanden worden gelezen, zodat niets twee keer wordt geüpload.",
  "azure-uploading": (sizes) => `De invoer wordt naar Azure geüpload${decimalComma(transferDone(sizes, transfer))}.`,
  "azure-submitting": () => "De taak wordt naar Azure gestuurd.",
  "azure-following": ({ status }) => `Azure zegt: ${oneLine(status)}.`,
  "azure-canceling": ({ status }) => `Azure is gevraagd de taak te annuleren, en zegt: ${oneLine(status)}.`,
  "azure-downloading": (sizes) =>
    `De resultaten worden van Azure gedownload${decimalComma(transferDone(sizes, transfer))}.`,
  "azure-converting": () => "De resultaten zijn gedownload en worden geordend.",
  "azure-unreachable": ({ since, problem }) =>
    `Azure is sinds ${localTime(since)} niet bereikbaar; het wordt steeds opnieuw geprobeerd. ${dutch.problem(problem).message}`,
};

const maxNamed = 2;

/** "taak a", "de taken a en b", "de taken a, b en nog 3". */
function listed(jobs: readonly string[]): string {
  const more = jobs.length - maxNamed;
  const words = more > 0 ? [...jobs.slice(0, maxNamed), `nog ${more}`] : jobs;
  const last = words[words.length - 1] ?? "";
  return words.length < 2 ? `taak ${last}` : `de taken ${words.slice(0, -1).join(", ")} en ${last}`;
}

function decimalComma(value: string): string {
  return value.replaceAll(".", ",");
}

const note: SentencesOf<JobNote> = {
  "handed-over": () => "Vrijgegeven.",
  waiting: ({ reason }) => sentenceOf(waiting, reason),
  "paused-while-queued": () => "Gepauzeerd tijdens het wachten.",
  resumed: () => "Hervat.",
  "canceled-before-start": () => "Geannuleerd voor de start.",
  "engine-ended": () => "Het programma dat de taak uitvoerde is gestopt; de taak gaat verder waar ze was.",
  "writable-again": () => "Er kan weer worden geschreven.",
  "scored-again": () => "Een deel van de resultaten is beschadigd op de schijf en wordt opnieuw gescoord.",
  downloaded: () => "De invoer is gedownload.",
  problem: ({ problem }) => dutch.problem(problem).message,
  retried: ({ by }) => `Wat mislukt was, is opnieuw gescoord door ${by}.`,
};

const warning: SentencesOf<JobWarning> = {
  "left-out": dutchLeftOut,
  "device-fallback": ({ device, reason }) =>
    `De taak draaide op de CPU in plaats van op ${deviceTitles[device]}: ${reason}`,
  "own-folder": ({ folder }) =>
    `Het script heeft bestanden geschreven met de namen van die van Batchdeck. Ze blijven zoals ze zijn; die van Batchdeck staan in ${folder}.`,
  "began-again": () => "De administratie van de taak was beschadigd; alles is opnieuw gescoord. Controleer de schijf.",
  "listed-again": () =>
    "De bestandenlijst van de taak was beschadigd; de invoer is opnieuw opgesomd en gescoord. Controleer de schijf.",
  "scored-again": ({ miniBatches }) =>
    miniBatches === 1
      ? "De resultaten van 1 mini-batch waren beschadigd en zijn opnieuw gescoord. Controleer de schijf."
      : `De resultaten van ${miniBatches} mini-batches waren beschadigd en zijn opnieuw gescoord. Controleer de schijf.`,
  "azure-nested": ({ files }) =>
    files === 1
      ? "Azure kijkt niet in mappen van de invoer: 1 bestand daarin is overgeslagen."
      : `Azure kijkt niet in mappen van de invoer: ${files} bestanden daarin zijn overgeslagen.`,
  "azure-repeated": ({ items }) =>
    `Azure heeft ${items === 1 ? "1 item" : `${items} items`} meer dan eens gescoord met verschillende resultaten; de eerste zijn genomen.`,
  "smaller-batch": ({ batch, smallest }) =>
    `Te weinig geheugen voor ${batch} rijen per keer; het aantal is verlaagd tot ${smallest}.`,
};

export const dutchJobSentences: JobSentences = { waiting, note, warning };
