import { expect } from "vitest";
import { scorerSchema } from "../../../electron/contract/nouns/scorer.ts";
import type { ScorerFile } from "../../../electron/contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, OutputInfo, TensorInfo } from "../../../electron/contract/signature.ts";
import { resolveScorer } from "../../../electron/deployments/scorers/resolve-scorer.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

export const float = (name: string, ...shape: (number | null)[]): TensorInfo => ({ name, type: "float32", shape });
export const output = (name: string, ...shape: (number | null)[]): OutputInfo => ({
  ...float(name, ...shape),
  labels: null,
});

export function signature(inputs: TensorInfo[], outputs: OutputInfo[] = [output("y", null, 3)]): ModelSignature {
  const batch = inputs[0]?.shape[0] ?? null;
  return { inputs, outputs, fixedBatch: batch };
}

export const table = signature([float("x", null, 4)]);
export const picture = signature([float("image", null, 3, 32, 48)]);

export function resolved(
  of: ModelSignature,
  file: ScorerFile = {},
  labels: readonly string[] | null = null,
  tokenizer: typeof named | null = null,
) {
  const answer = resolveScorer(of, file, labels, tokenizer);
  if (!answer.ok) throw new Error(englishWords(answer.problem).message);
  return scorerSchema.parse(answer.value);
}

export function refused(
  of: ModelSignature,
  file: ScorerFile = {},
  labels: readonly string[] | null = null,
  tokenizer: typeof named | null = null,
): string {
  const answer = resolveScorer(of, file, labels, tokenizer);
  if (answer.ok) throw new Error("It was taken.");
  expect(englishWords(answer.problem).message).toMatch(/^[^\n]+\.$/);
  return `${answer.problem.code} ${englishWords(answer.problem).message}`;
}

export const facts = { maxLength: 128, specialTokens: 2 };
export const named = { file: "tokenizer.json", facts };
export const ids = (name: string, length: number | null = null): TensorInfo => ({
  name,
  type: "int64",
  shape: [null, length],
});
export const bert = signature([ids("input_ids"), ids("attention_mask"), ids("token_type_ids")]);
export const sentence = signature([{ name: "sentence", type: "string", shape: [null, 1] }]);

export const columnsOf = (scorer: ReturnType<typeof resolved>) => scorer.outputs.flatMap(({ columns }) => columns);
