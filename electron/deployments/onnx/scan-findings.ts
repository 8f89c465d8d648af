import type { Finding } from "../../contract/nouns/model-scan.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { FindingKind, FindingParams } from "../../contract/words/english/parts/finding-words.ts";
import { scanLimits } from "./scan-limits.ts";

const problemKinds = {
  malformed: "model/unreadable:finding",
  "outside-folder": "model/outside-files:finding",
  "missing-data": "model/unreadable:finding",
  "wrong-size": "model/unreadable:finding",
  "too-large": "model/unsupported:finding",
  "unknown-operator": "model/unsupported:finding",
  "bad-function": "model/unsupported:finding",
  settings: "model/unsupported:finding",
} as const;

/** A finding as the refusal of whatever needed the model. */
export function findingProblem({ code, kind, params }: Finding): Problem {
  return problemOf(problemKinds[code], { finding: { kind, params } });
}

/** Collects findings while a model is read: the first few, each once, wherever else in the model it is again. */
export type FindingList = {
  readonly all: readonly Finding[];
  /** `params`: texts of the model as `plainText` gives them. */
  readonly add: <Kind extends FindingKind>(kind: Kind, params: FindingParams<Kind>, where: string) => void;
  /** Those of another list. */
  readonly addAll: (findings: readonly Finding[]) => void;
};

export function findingList(): FindingList {
  const all: Finding[] = [];
  const seen = new Set<string>();
  const addAll = (findings: readonly Finding[]): void => {
    for (const finding of findings) {
      const key = JSON.stringify([finding.kind, finding.params]);
      if (all.length >= scanLimits.findings || seen.has(key)) continue;
      seen.add(key);
      all.push(finding);
    }
  };
  return {
    all,
    addAll,
    add: (kind, params, where) =>
      addAll([{ code: findingCode(kind), kind, params: params as Finding["params"], where }]),
  };
}

function findingCode(kind: FindingKind): Finding["code"] {
  return kind.split(":")[0] as Finding["code"];
}
