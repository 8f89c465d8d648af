import { someNames } from "../../../electron/contract/words/name-list.ts";
import { deviceTitles } from "../../../electron/contract/nouns/device.ts";
import type { EstimateBasis, NoSample, PreflightWarning } from "../../../electron/contract/nouns/preflight-facts.ts";
import { type PreflightSentences, roundedTime } from "../../../electron/contract/sentences/preflight-sentences.ts";
import { dutchLeftOut } from "./left-out.ts";
import type { SentencesOf } from "../../../electron/contract/sentences/sentences.ts";

const number = new Intl.NumberFormat("nl-NL", { maximumFractionDigits: 0 });
const ago = new Intl.RelativeTimeFormat("nl-NL", { numeric: "always" });
const units = { row: "rijen", file: "bestanden" } as const;
const places = { output: "uitvoer", workspace: "werkruimte" } as const;

const warning: SentencesOf<PreflightWarning> = {
  "left-out": dutchLeftOut,
  "unnamed-columns": ({ inputs }) =>
    inputs.length === 1
      ? `De kolommen van de modelinvoer ${inputs[0] ?? ""} zijn nergens genoemd: die neemt de numerieke kolommen in de volgorde van het bestand.`
      : `De kolommen van de modelinvoeren ${someNames(inputs)} zijn nergens genoemd: die nemen de numerieke kolommen in de volgorde van het bestand.`,
  "unseen-keep": ({ columns }) =>
    `Geen regel die bekeken is heeft ${someNames(columns)} (output.keep): waar een regel die niet heeft, blijft de cel leeg.`,
  "idle-workers": ({ files, miniBatchSize, miniBatches, workers, better }) =>
    `${number.format(files)} bestanden in minibatches van ${number.format(miniBatchSize)} zijn werk voor ` +
    `${number.format(miniBatches)} van de ${number.format(workers)} werkprocessen; ` +
    `met ${number.format(better)} per minibatch is er werk voor alle.`,
  "large-mini-batch": ({ files }) =>
    `Een minibatch van ${number.format(files)} bestanden wordt in zijn geheel opnieuw geprobeerd als een werkproces mislukt; met minder gaat er minder verloren.`,
  "runs-alone": () =>
    "Het model leest één item tegelijk: items die het samen leest veranderen elkaars resultaat, zo bleek bij het aanmaken.",
  "one-large-file": () => "Eén bestand is groter dan alle andere samen: de werkprocessen zijn niet tegelijk klaar.",
  "fewer-workers": ({ workers, wanted }) =>
    `Er ${workers === 1 ? "draait 1 werkproces" : `draaien ${number.format(workers)} werkprocessen`} in plaats van ${number.format(wanted)}: meer zijn er hier niet.`,
  "low-priority": ({ compute }) =>
    `De rekenresource ${compute} heeft lage prioriteit: de taak gaat opzij voor andere taken, voor wie de computer gebruikt en voor de accu.`,
  "device-fallback": ({ device, reason }) =>
    `De taak draait op de CPU in plaats van op ${deviceTitles[device]}: ${reason}`,
  "charged-download": () =>
    "Wat gedownload wordt verlaat de cloud: daarvoor kan Azure kosten rekenen aan de eigenaar van het opslagaccount.",
  "unreachable-download": ({ address }) =>
    `${address} is nu niet bereikbaar. De taak wacht, en downloadt de invoer zodra dat weer kan.`,
  "tight-disk": ({ place, holds }) =>
    `De schijf van ${place} raakt bijna vol met de bestanden van de taak (${holds.map((held) => places[held]).join(" en ")}).`,
};

const basis: SentencesOf<EstimateBasis> = {
  "no-rows": () => "er worden geen rijen geschreven (output_action: summary_only)",
  columns: () => "geschat aan de hand van de kolommen",
  sample: ({ items, unit }) => `gemeten met ${number.format(items)} ${units[unit]} als steekproef`,
  "model-measured": () => "het model is op deze computer gemeten",
  job: ({ job }) => `zoals in taak ${job}`,
  "job-speed": ({ job, secondsAgo, itemsPerSecond, unit }) => {
    const { count, unit: time } = roundedTime(secondsAgo);
    return `zoals in taak ${job} op deze computer, ${ago.format(-count, time)}: ${number.format(itemsPerSecond)} ${units[unit]}/s`;
  },
};

const noSample: SentencesOf<NoSample> = {
  script: () => "Een script wordt niet vóór zijn taak uitgevoerd.",
  "not-downloaded": () => "De invoer staat nog niet op deze computer; die wordt eerst gedownload.",
  "not-started": () => "Het proces dat de eerste items scoort startte niet op tijd.",
  "too-slow": () => "Het model openen en de eerste items scoren duurt langer dan een seconde.",
  aborted: () => "Niemand wacht er nog op.",
  "not-opened": ({ reason }) => `Het model kan niet worden geopend: ${reason}`,
  "not-scored": ({ reason }) => `De eerste items kunnen niet worden gescoord: ${reason}`,
  "process-ended": ({ how }) => `Het proces dat de eerste items scoorde is gestopt (${how}).`,
};

export const dutchPreflightSentences: PreflightSentences = { warning, basis, noSample };
