import type { englishProblems } from "../../../electron/contract/words/english-problems.ts";
import { azureJobSamples } from "./azure-job-samples.ts";
import { azureSamples } from "./azure-samples.ts";
import { azureWriteSamples } from "./azure-write-samples.ts";
import { controlPlaneSamples } from "./control-plane-samples.ts";
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
import { storageSamples } from "./storage-samples.ts";

/** Parameters for every kind of problem. */
export const problemSamples: SamplesOf<typeof englishProblems> = {
  ...azureSamples,
  ...azureWriteSamples,
  ...azureJobSamples,
  ...controlPlaneSamples,
  ...deploymentSamples,
  ...endpointSamples,
  ...environmentSamples,
  ...fileSamples,
  ...modelSamples,
  ...registrySamples,
  ...runningSamples,
  ...scorerSamples,
  ...scriptSamples,
  ...storageSamples,
  written: [{ message: "Something from 2025.", remedy: "Do it again." }],
};
