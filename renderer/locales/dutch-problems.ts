import type { ProblemTable } from "../../electron/contract/words/english-problems.ts";
import { addressProblems } from "./dutch/address-problems.ts";
import { computeProblems } from "./dutch/compute-problems.ts";
import { dataProblems } from "./dutch/data-problems.ts";
import { inputProblems } from "./dutch/input-problems.ts";
import { deploymentProblems } from "./dutch/deployment-problems.ts";
import { endpointProblems } from "./dutch/endpoint-problems.ts";
import { environmentProblems } from "./dutch/environment-problems.ts";
import { fileProblems } from "./dutch/file-problems.ts";
import { invocationProblems } from "./dutch/invocation-problems.ts";
import { jobProblems } from "./dutch/job-problems.ts";
import { outputProblems } from "./dutch/output-problems.ts";
import { watchProblems } from "./dutch/watch-problems.ts";
import { windowProblems } from "./dutch/window-problems.ts";
import { workerProblems } from "./dutch/worker-problems.ts";
import { modelProblems } from "./dutch/model-problems.ts";
import { registryProblems } from "./dutch/registry-problems.ts";
import { scorerProblems } from "./dutch/scorer-problems.ts";
import { scriptProblems } from "./dutch/script-problems.ts";

/** The Dutch words of every problem, by the kinds of the English ones. */
export const dutchProblems: ProblemTable = {
  ...addressProblems,
  ...computeProblems,
  ...dataProblems,
  ...inputProblems,
  ...deploymentProblems,
  ...endpointProblems,
  ...environmentProblems,
  ...fileProblems,
  ...invocationProblems,
  ...jobProblems,
  ...outputProblems,
  ...watchProblems,
  ...windowProblems,
  ...workerProblems,
  ...modelProblems,
  ...registryProblems,
  ...scorerProblems,
  ...scriptProblems,
  written: ({ message, remedy }) => [message, remedy],
};
