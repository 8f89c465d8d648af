import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { workerProblems as english } from "../../../../electron/contract/words/english/worker-problems.ts";

const mended = "batchdeck deployment update -f BESTAND --trust";

export const workerProblems: SameKinds<typeof english> = {
  "worker/cannot-start": ({ times }, { number }) => [
    `Werkprocessen stopten ${number(times)} keer op rij voordat ze klaar waren om te scoren.`,
    "Controleer of het model nog opent (batchdeck model show) en hervat dan de taak.",
  ],
  "worker/cannot-start:model": ({ reason }) => [
    `Een werkproces kon het model niet openen: ${reason}`,
    "Maak de implementatie opnieuw met een model dat opent.",
  ],
  "worker/crash-loop": ({ items }, { number }) => [
    `Het model liet zijn werkproces op ${number(items)} verschillende items op rij stoppen, en geen item daartussen is gelukt.`,
    "Probeer het model met één item, of maak de implementatie met een andere versie van het model.",
  ],
  "worker/crash-loop:between": ({ times }, { number }) => [
    `Werkprocessen stopten ${number(times)} keer op rij, tussen minibatches in.`,
    "Bekijk het logboek van de taak en hervat de taak dan.",
  ],
  "script/failed:init": ({ reason, traces }) => [
    `Het script kon niet beginnen: ${reason}`,
    `Wat het schreef staat in ${traces}; verbeter het script, en dan: ${mended}`,
  ],
  "script/failed:init-timeout": ({ seconds, times, traces }, { number }) => [
    `init() van het script was ${number(times)} keer op rij niet klaar binnen ${number(seconds)} seconden.`,
    `Wat het schreef staat in ${traces}; verbeter het script, en dan: ${mended}`,
  ],
  "script/invalid:start": ({ reason }) => [
    `Het script is geen scorescript: ${reason}`,
    `Verbeter het script, en dan: ${mended}`,
  ],
  "script/not-trusted:start": ({ reason }) => [
    `Het script wordt niet vertrouwd: ${reason}`,
    `Bekijk het origineel van de code, en dan: ${mended}`,
  ],
  "environment/invalid:start": ({ reason }) => [
    `De omgeving van het script kan niet worden gebruikt: ${reason}`,
    "Maak de omgeving opnieuw met een interpreter die er is: batchdeck environment create -n NAAM --python PAD",
  ],
  "model/unreadable:measuring": ({ reason }) => [`De snelheid van het model kon niet worden gemeten: ${reason}`],
  "scorer/invalid:tokenizer": ({ file, reason }) => [
    `De tokenizer "${file}" kan niet worden gebruikt: ${reason}.`,
    "Gebruik de tokenizer.json die bij het model is gepubliceerd.",
  ],
};
