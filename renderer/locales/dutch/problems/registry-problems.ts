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
  "registry/damaged:file": ({ file, reason }) => [
    `Het bestand "${file}" is beschadigd: ${reason}.`,
    "Het is gelaten zoals het is; zet een kopie ervan terug, of kies met --home een andere werkruimte.",
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
