import type { endpointProblems } from "../../../electron/contract/words/english/endpoint-problems.ts";
import type { SamplesOf } from "./samples-of.ts";

export const endpointSamples: SamplesOf<typeof endpointProblems> = {
  "endpoint/invalid:name": [{ name: "a name" }],
  "endpoint/not-found": [{ endpoint: "a endpoint" }],
  "endpoint/no-default-deployment": [{ endpoint: "a endpoint" }],
  "usage/invalid:endpoint-key": [{ key: "a key" }],
};
