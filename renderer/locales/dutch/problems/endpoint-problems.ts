import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { endpointProblems as english } from "../../../../electron/contract/words/english/endpoint-problems.ts";
import { azureNameRule } from "../parts/common.ts";

export const endpointProblems: SameKinds<typeof english> = {
  "endpoint/invalid:name": ({ name }) => [`"${name}" kan niet de naam van een eindpunt zijn.`, azureNameRule],
  "endpoint/not-found": ({ endpoint }) => [
    `Er is geen eindpunt "${endpoint}".`,
    `Maak het met "endpoint create -n ${endpoint}".`,
  ],
  "endpoint/no-default-deployment": ({ endpoint }) => [
    `Het eindpunt "${endpoint}" heeft geen standaardimplementatie.`,
    "Kies een implementatie.",
  ],
  "usage/invalid:endpoint-key": ({ key }) => [
    `--set heeft voor een eindpunt geen sleutel "${key}".`,
    "Bekend zijn defaults.deployment_name, description en tags.NAAM.",
  ],
};
