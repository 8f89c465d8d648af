import type { ProblemTable } from "../../electron/contract/words/english-problems.ts";
import { jobProblems } from "./dutch/job-problems.ts";

/** The Dutch words of every problem, by the kinds of the English ones. */
export const dutchProblems: ProblemTable = {
  ...jobProblems,
  written: ({ message, remedy }) => [message, remedy],
};
