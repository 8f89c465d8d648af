import {
  createSpeaker,
  type NestedProblem,
  problemLine,
  type ProblemWords,
  type Speaker,
  type WordTable,
  type WrittenWords,
} from "./speaker.ts";
import { addressProblems } from "./english/address-problems.ts";
import { azureJobProblems } from "./english/azure/azure-job-problems.ts";
import { azureProblems } from "./english/azure-problems.ts";
import { azureWriteProblems } from "./english/azure/azure-write-problems.ts";
import { computeProblems } from "./english/compute-problems.ts";
import { controlPlaneProblems } from "./english/control-plane-problems.ts";
import { dataProblems } from "./english/data-problems.ts";
import { inputProblems } from "./english/input-problems.ts";
import { deploymentProblems } from "./english/deployment-problems.ts";
import { endpointProblems } from "./english/endpoint-problems.ts";
import { environmentProblems } from "./english/environment-problems.ts";
import { fileProblems } from "./english/file-problems.ts";
import { invocationProblems } from "./english/invocation-problems.ts";
import { jobProblems } from "./english/job-problems.ts";
import { outputProblems } from "./english/output-problems.ts";
import { storageProblems } from "./english/azure/storage-problems.ts";
import { watchProblems } from "./english/watch-problems.ts";
import { windowProblems } from "./english/window-problems.ts";
import { workerProblems } from "./english/worker-problems.ts";
import { modelProblems } from "./english/model-problems.ts";
import { registryProblems } from "./english/registry-problems.ts";
import { scorerProblems } from "./english/scorer-problems.ts";
import { scriptProblems } from "./english/script-problems.ts";
import { type FindingFact, findingWords } from "./english/parts/finding-words.ts";

/**
 * The English words of every problem, by kind: what a problem is, what parameters it has, and how the terminal, `job.json`
 * and the window in English say it. Other languages have the same keys.
 */
export const englishProblems = {
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
  /** Words that were written elsewhere: by an earlier version of Batchdeck, or by another program. */
  written: ({ message, remedy }: { message: string; remedy: string }) => [message, remedy],
} satisfies Partial<WordTable>;

export type ProblemKind = keyof typeof englishProblems;

export type ProblemParams<Kind extends ProblemKind> =
  Parameters<(typeof englishProblems)[Kind]> extends [infer Params, ...unknown[]] ? Params : object;

export const problemKinds = Object.keys(englishProblems) as [ProblemKind, ...ProblemKind[]];

const english = createSpeaker(englishProblems, "en-US");

export function englishWords(problem: NestedProblem): ProblemWords {
  return english.problem(problem);
}

/** The problem as the one line that a terminal prints. */
export function problemSentence(problem: NestedProblem): string {
  return problemLine(english.problem(problem));
}

/** What a scan found in a model. */
export function englishFindingWords(finding: FindingFact): ProblemWords {
  const [message, remedy = ""] = findingWords(finding, english);
  return { message, remedy };
}

/** The words of every problem in one language. */
export type ProblemTable = { readonly [Kind in ProblemKind]: ProblemsWriter<Kind> };

type ProblemsWriter<Kind extends ProblemKind> = (params: ProblemParams<Kind>, speaker: Speaker) => WrittenWords;

/** The same kinds as one of the English tables, in another language. */
export type SameKinds<Table extends Partial<Record<ProblemKind, unknown>>> = Pick<
  ProblemTable,
  Extract<keyof Table, ProblemKind>
>;
