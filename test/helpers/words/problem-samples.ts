import type { englishProblems } from "../../../electron/contract/words/english-problems.ts";
import { deploymentSamples } from "./deployment-samples.ts";
import { endpointSamples } from "./endpoint-samples.ts";
import { environmentSamples } from "./environment-samples.ts";
import { fileSamples } from "./file-samples.ts";
import { modelSamples } from "./model-samples.ts";
import { registrySamples } from "./registry-samples.ts";
import { runningSamples } from "./running-samples.ts";
import type { SamplesOf } from "./samples-of.ts";
import { scorerSamples } from "./scorer-samples.ts";
import { scriptSamples } from "./script-samples.ts";

/** Parameters for every kind of problem. */
export const problemSamples: SamplesOf<typeof englishProblems> = {
  ...deploymentSamples,
  ...endpointSamples,
  ...environmentSamples,
  ...fileSamples,
  ...modelSamples,
  ...registrySamples,
  ...runningSamples,
  ...scorerSamples,
  ...scriptSamples,
  written: [{ message: "Something from 2025.", remedy: "Do it again." }],
};
