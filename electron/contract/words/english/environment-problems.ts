import { someNames } from "../name-list.ts";
import { assetNameRule } from "../../names.ts";
import {
  factWords,
  type FactOf,
  type FactTable,
  type NestedProblem,
  type Speaker,
  type WordTable,
} from "../speaker.ts";

/** Why a program that should be Python did not answer as Python does. `line`: the last that it wrote; may be empty. */
export const pythonFaults = {
  system: ({ reason }: { reason: string }) => reason,
  exit: ({ code, line }: { code: number; line: string }) => `it ended with ${code}${bracketed(line)}`,
  signal: ({ signal, line }: { signal: string; line: string }) => `it was ended by ${signal}${bracketed(line)}`,
  version: ({ said }: { said: string }) => `it says that it is ${JSON.stringify(said)}`,
  "no-answer": () => "it gave no answer",
} satisfies FactTable<string>;

export type PythonFault = FactOf<typeof pythonFaults>;

function bracketed(line: string): string {
  return line === "" ? "" : ` (${line})`;
}

const languages = { python: "Python", node: "Node" } as const;

/** Environments: what runs scripts. */
export const environmentProblems = {
  "environment/invalid:name": ({ name }: { name: string }) => [
    `"${name}" cannot be the name of an environment.`,
    assetNameRule,
  ],
  "environment/invalid:not-on-path": ({ program }: { program: string }) => [
    `There is no program "${program}" on the PATH.`,
    "Name the interpreter's own path with --python.",
  ],
  "environment/invalid:no-program": ({ program }: { program: string }) => [
    `There is no program at "${program}".`,
    "Name the interpreter's own path with --python.",
  ],
  "environment/invalid:not-python": (
    { interpreter, fault }: { interpreter: string; fault: PythonFault },
    speaker: Speaker,
  ) => [
    `"${interpreter}" does not run as Python 3: ${factWords<string>(pythonFaults, fault, speaker)}.`,
    "Name the interpreter of a Python 3, or install it again.",
  ],
  "environment/invalid:script-not-read": (
    { interpreter, script, fault }: { interpreter: string; script: string; fault: PythonFault },
    speaker: Speaker,
  ) => [`"${interpreter}" could not read the script "${script}": ${factWords<string>(pythonFaults, fault, speaker)}.`],
  "environment/invalid:cannot-run": (
    { environment, cause }: { environment: string; cause: NestedProblem },
    speaker: Speaker,
  ) => [
    `The environment "${environment}" cannot run the script: ${speaker.problem(cause).message}`,
    "Install the interpreter again, or give the deployment another environment.",
  ],
  "environment/invalid:language": ({
    environment,
    runs,
    script,
  }: {
    environment: string;
    runs: keyof typeof languages;
    script: keyof typeof languages;
  }) => [
    `The environment "${environment}" runs ${languages[runs]}, and the script is written for ${languages[script]}.`,
    "Give another one with --environment NAME.",
  ],

  "environment/not-found": ({ environment }: { environment: string }) => [
    `There is no environment "${environment}".`,
    `Make it with "environment create -n ${environment} --python PATH" or "--node".`,
  ],
  "environment/not-found:others": ({ environment, known }: { environment: string; known: readonly string[] }) => [
    `There is no environment "${environment}".`,
    `There are: ${someNames(known)}.`,
  ],
  "environment/not-found:not-named": ({ known }: { known: readonly string[] }) => [
    "The deployment names no environment to run its script in.",
    known.length === 0 ? makeOne : `Give one of this workspace with --environment NAME: ${someNames(known)}.`,
  ],
  "environment/not-found:reference": ({ reference, known }: { reference: string; known: readonly string[] }) => [
    `The deployment names the environment "${reference}", which is not in this workspace.`,
    known.length === 0
      ? makeOne
      : `Give one of this workspace with --environment NAME; it is remembered: ${someNames(known)}.`,
  ],
  "environment/in-use": ({
    environment,
    deployment,
    endpoint,
  }: {
    environment: string;
    deployment: string;
    endpoint: string;
  }) => [
    `The environment "${environment}" is used by the deployment "${deployment}" of the endpoint "${endpoint}".`,
    "Give that another environment, or delete it, first.",
  ],
} satisfies Partial<WordTable>;

const makeOne = 'Make one with "environment create -n NAME --python PATH", then give it with --environment NAME.';
