import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { computeProblems as english } from "../../../../electron/contract/words/english/compute-problems.ts";
import { assetNameRule } from "../parts/common.ts";

export const computeProblems: SameKinds<typeof english> = {
  "compute/not-found": ({ name }) => [
    `Er is geen rekenresource met de naam "${name}".`,
    "Bekijk de lijst met: batchdeck compute list",
  ],
  "compute/invalid:name": ({ name }) => [`"${name}" kan niet de naam van een rekenresource zijn.`, assetNameRule],
  "compute/invalid:exists": ({ name }) => [
    `Er is al een rekenresource met de naam ${name}.`,
    "Wijzig die met: batchdeck compute update",
  ],
  "compute/invalid:device": ({ device, known }) => [
    `"${device}" is geen apparaat.`,
    `Gebruik een van ${known.join(", ")}; bekijk ze met: batchdeck compute devices`,
  ],
  "compute/invalid:tier": ({ tier }) => [`"${tier}" is geen laag.`, "Gebruik --tier dedicated of --tier low_priority."],
  "compute/in-use:local": () => [
    "De rekenresource local kan niet worden verwijderd: implementaties die er geen noemen draaien erop.",
  ],
  "compute/in-use:deployment": ({ name, endpoint, deployment }) => [
    `De implementatie ${endpoint}/${deployment} gebruikt ${name}.`,
    "Wijzig eerst de implementatie.",
  ],
  "compute/in-use:job": ({ name, job }) => [
    `De taak ${job} draait op ${name}.`,
    "Wacht tot die klaar is, of annuleer die.",
  ],
};
