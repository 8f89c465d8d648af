import type { JobStatus } from "../../../../electron/contract/job-status.ts";
import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { registryProblems as english } from "../../../../electron/contract/words/english/registry-problems.ts";
import { statusWords } from "../parts/common.ts";

const priorities: Readonly<Record<string, string>> = { high: "hoog", medium: "gemiddeld", low: "laag" };

export const registryProblems: SameKinds<typeof english> = {
  "workspace/newer-version": ({ file }) => [
    `Het bestand "${file}" is geschreven door een nieuwere versie van Batchdeck.`,
    "Werk Batchdeck bij, of kies met --home een andere werkruimte.",
  ],
  "workspace/unusable:migration": ({ file, step, reason }) => [
    `Het bestand "${file}" kon niet naar deze versie worden omgezet: stap ${step} mislukte: ${reason}.`,
    "Er is niets gewijzigd; meld dit en blijf de versie gebruiken die het bestand schreef.",
  ],
  "workspace/unusable:not-opened": ({ file, reason }) => [
    `Het bestand "${file}" kan niet worden geopend: ${reason}.`,
    "Controleer of u daar mag schrijven en of de schijf niet vol is.",
  ],
  "workspace/unusable:not-made": ({ file, reason }) => [
    `Het bestand "${file}" kan niet worden geopend: ${reason}.`,
    "Controleer of de map bestaat en of u daar mag schrijven.",
  ],
  "workspace/unusable:busy": ({ place }) => [
    `Een ander programma houdt ${place} bezet, zoals back-ups en virusscanners even doen.`,
    "Taken gaan vanzelf verder zodra het loslaat; wat werd geweigerd, kunt u dan opnieuw doen.",
  ],
  "registry/damaged:file": ({ file, reason }) => [
    `Het bestand "${file}" is beschadigd: ${reason}.`,
    "Het is gelaten zoals het is; zet een kopie ervan terug, of kies met --home een andere werkruimte.",
  ],
  "registry/damaged:while-open": ({ home }) => [
    `Het register van de werkruimte ${home} raakte beschadigd terwijl het open was.`,
    "Er wordt niets meer gestart; sluit Batchdeck, controleer de schijf en zet een kopie van registry.db terug.",
  ],
  "registry/damaged:row": ({ table, name }) => [
    `Wat de werkruimte onder de naam "${name}" in de tabel ${table} bewaart, is beschadigd.`,
    "Al het andere is bruikbaar; maak het opnieuw onder een andere naam, of zet een kopie van registry.db terug.",
  ],
  "registry/damaged:job": ({ job }) => [
    `Wat de werkruimte van de taak ${job} bewaart, is beschadigd; die kan niet verder, andere taken wel.`,
    "Verwijder de taak (de uitvoer blijft staan) en scoor de invoer opnieuw.",
  ],
  "registry/damaged:content": ({ file }) => [
    `Het bestand "${file}" is beschadigd: er staat iets anders in dan er werd geschreven.`,
    "Een taak die nog niet klaar is, begint vanzelf opnieuw; controleer de schijf.",
  ],
  "registry/damaged:listing": ({ file }) => [
    `De bestandenlijst van een taak is beschadigd: ${file}.`,
    "Een taak die nog niet klaar is, somt de invoer opnieuw op en begint vanzelf opnieuw; controleer de schijf.",
  ],
  "job/exists:registered": ({ job }) => [`Er is al een taak "${job}".`, "Geef met --job-name een andere naam."],
  "output/exists:unfinished-job": ({ folder, job }) => [
    `In de map "${folder}" gaat de taak "${job}" schrijven, die nog niet klaar is.`,
    "Kies een andere uitvoermap.",
  ],
  "job/not-allowed:ended": ({ job, status }) => [
    `De taak ${job} is geëindigd (${statusWords[status as JobStatus] ?? status}).`,
  ],
  "job/not-allowed:other-priority": ({ job, priority, other, otherPriority }) => [
    `De taak ${other} heeft de prioriteit ${priorities[otherPriority] ?? otherPriority}, en ${job} heeft ${
      priorities[priority] ?? priority
    }: plaatsen gelden onder taken van één prioriteit.`,
    `Geef de taak eerst de prioriteit ${priorities[otherPriority] ?? otherPriority}.`,
  ],
  "device/unavailable:measurement-ended": () => ["Het proces dat het model mat, stopte voordat het klaar was."],
};
