import type { ProblemTable } from "../../electron/contract/words/english-problems.ts";
import { addressProblems } from "./dutch/problems/address-problems.ts";
import { azureJobProblems } from "./dutch/problems/azure/azure-job-problems.ts";
import { azureProblems } from "./dutch/problems/azure-problems.ts";
import { azureWriteProblems } from "./dutch/problems/azure/azure-write-problems.ts";
import { computeProblems } from "./dutch/problems/compute-problems.ts";
import { controlPlaneProblems } from "./dutch/problems/control-plane-problems.ts";
import { dataProblems } from "./dutch/problems/data-problems.ts";
import { inputProblems } from "./dutch/problems/input-problems.ts";
import { deploymentProblems } from "./dutch/problems/deployment-problems.ts";
import { endpointProblems } from "./dutch/problems/endpoint-problems.ts";
import { environmentProblems } from "./dutch/problems/environment-problems.ts";
import { fileProblems } from "./dutch/problems/file-problems.ts";
import { invocationProblems } from "./dutch/problems/invocation-problems.ts";
import { jobProblems } from "./dutch/problems/job-problems.ts";
import { outputProblems } from "./dutch/problems/output-problems.ts";
import { storageProblems } from "./dutch/problems/azure/storage-problems.ts";
import { watchProblems } from "./dutch/problems/watch-problems.ts";
import { windowProblems } from "./dutch/problems/window-problems.ts";
import { workerProblems } from "./dutch/problems/worker-problems.ts";
import { modelProblems } from "./dutch/problems/model-problems.ts";
import { registryProblems } from "./dutch/problems/registry-problems.ts";
import { scorerProblems } from "./dutch/problems/scorer-problems.ts";
import { scriptProblems } from "./dutch/problems/script-problems.ts";

/** The Dutch words of every problem, by the kinds of the English ones. */
export const dutchProblems: ProblemTable = {
  ...addressProblems,
  ...azureProblems,
  ...azureWriteProblems,
  ...azureJobProblems,
  ...computeProblems,
  ...controlPlaneProblems,
  ...dataProblems,
  ...inputProblems,
  ...deploymentProblems,
  ...endpointProblems,
  ...environmentProblems,
  ...fileProblems,
  ...invocationProblems,
  ...jobProblems,
  ...outputProblems,
  ...storageProblems,
  ...watchProblems,
  ...windowProblems,
  ...workerProblems,
  ...modelProblems,
  ...registryProblems,
  ...scorerProblems,
  ...scriptProblems,
  written: ({ message, remedy }) => [message, remedy],
};
