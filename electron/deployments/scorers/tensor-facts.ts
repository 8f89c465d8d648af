import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, OutputInfo, TensorInfo } from "../../contract/signature.ts";

/** A tensor as a problem names it: its name, type and shape alone. */
export function described({ name, type, shape }: TensorInfo): TensorInfo {
  return { name, type, shape };
}

export function namesOf(tensors: readonly TensorInfo[]): readonly string[] {
  return tensors.map(({ name }) => name);
}

/** The outputs that scorer.yml names; all, where it names none. */
export function wantedOutputs({ outputs }: ModelSignature, { output }: ScorerFile): readonly OutputInfo[] {
  const wanted = output?.outputs;
  return outputs.filter(({ name }) => wanted === undefined || wanted.includes(name));
}

export function isFloat(type: TensorInfo["type"]): boolean {
  return type === "float32" || type === "float16" || type === "float64";
}
