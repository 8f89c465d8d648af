import type { ProblemTable } from "../../electron/contract/words/english-problems.ts";
import { addressProblems } from "./dutch/address-problems.ts";
import { computeProblems } from "./dutch/compute-problems.ts";
import { dataProblems } from "./dutch/data-problems.ts";
import { inputProblems } from "./dutch/input-problems.ts";
import { jobProblems } from "./dutch/job-problems.ts";
import { outputProblems } from "./dutch/output-problems.ts";
import { watchProblems } from "./dutch/watch-problems.ts";
import { windowProblems } from "./dutch/window-problems.ts";
import { workerProblems } from "./dutch/worker-problems.ts";

/** The Dutch words of every problem, by the kinds of the English ones. */
export const dutchProblems: ProblemTable = {
  ...addressProblems,
  ...computeProblems,
  ...dataProblems,
  ...inputProblems,
  ...jobProblems,
  ...outputProblems,
  ...watchProblems,
  ...windowProblems,
  ...workerProblems,
  written: ({ message, remedy }) => [message, remedy],
};
