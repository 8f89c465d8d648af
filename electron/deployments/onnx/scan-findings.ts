import type { Finding } from "../../contract/nouns/model-scan.ts";
import { type Problem, type ProblemCode } from "../../contract/problem.ts";
import { scanLimits } from "./scan-limits.ts";
import { written } from "../../contract/problem.ts";
import { plainText } from "../../contract/plain-text.ts";

const problemCodes: Readonly<Record<Finding["code"], ProblemCode>> = {
  malformed: "model/unreadable",
  "outside-folder": "model/outside-files",
  "missing-data": "model/unreadable",
  "wrong-size": "model/unreadable",
  "too-large": "model/unsupported",
  "unknown-operator": "model/unsupported",
  "bad-function": "model/unsupported",
  settings: "model/unsupported",
};

/** A finding as the refusal of whatever needed the model. */
export function findingProblem({ code, message, remedy }: Finding): Problem {
  return written(problemCodes[code], message, remedy);
}

/** Collects findings while a model is read: the first few, each sentence once. */
export type FindingList = {
  readonly all: readonly Finding[];
  readonly add: (code: Finding["code"], message: string, remedy: string, where: string) => void;
};

export function findingList(): FindingList {
  const all: Finding[] = [];
  const seen = new Set<string>();
  return {
    all,
    add: (code, message, remedy, where) => {
      if (all.length >= scanLimits.findings || seen.has(message)) return;
      seen.add(message);
      all.push({ code, message, remedy, where });
    },
  };
}

/** A text of a model for a sentence, in quotes. */
export function quoted(text: string): string {
  return `"${plainText(text)}"`;
}
