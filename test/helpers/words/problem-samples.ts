import type { ProblemKind } from "../../../electron/contract/words/english-problems.ts";
import { runningSamples } from "./running-samples.ts";
import type { SamplesOf } from "./samples-of.ts";

/**
 * Parameters for every kind of problem. Names, paths and other texts that both languages have to repeat hold a digit.
 */
export const problemSamples: SamplesOf<Record<ProblemKind, unknown>> = {
  ...runningSamples,
  written: { message: "Something from 2025.", remedy: "Do it again." },
};
