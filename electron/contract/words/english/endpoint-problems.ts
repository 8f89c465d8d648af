import { azureNameRule } from "../../names.ts";
import type { WordTable } from "../speaker.ts";

export const endpointProblems = {
  "endpoint/invalid:name": ({ name }: { name: string }) => [
    `"${name}" cannot be the name of an endpoint.`,
    azureNameRule,
  ],
  "endpoint/not-found": ({ endpoint }: { endpoint: string }) => [
    `There is no endpoint "${endpoint}".`,
    `Make it with "endpoint create -n ${endpoint}".`,
  ],
  // Azure ML's own words first, so that scripts and searches find them.
  "endpoint/no-default-deployment": ({ endpoint }: { endpoint: string }) => [
    `No valid deployments to route to: the endpoint "${endpoint}" has no default deployment.`,
    `Name one with -d, or set it with "endpoint update -n ${endpoint} --set defaults.deployment_name=NAME".`,
  ],
  "usage/invalid:endpoint-key": ({ key }: { key: string }) => [
    `--set has no key "${key}" for an endpoint.`,
    "Known: defaults.deployment_name, description, tags.NAME.",
  ],
} satisfies Partial<WordTable>;
