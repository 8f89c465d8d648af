import path from "node:path";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { detectionColumns, type Detections } from "../../contract/nouns/scorers/detections.ts";
import type { Scorer } from "../../contract/nouns/scorer.ts";
import type { ImageScorer } from "../../contract/nouns/scorers/image-scorer.ts";
import { type ScorerFile, scorerFileSchema } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import { readYamlFile, schemaProblem } from "../yaml/read-yaml.ts";
import { readLabels } from "./read-labels.ts";
import { audioScorer, takesWholeSounds } from "./resolve-audio-scorer.ts";
import { resolveConstants } from "./resolve-constants.ts";
import { isOnePictureARun, resolveDetections } from "./resolve-detections.ts";
import { imageScorer, isPictureInput } from "./resolve-image-scorer.ts";
import { resolveOutputs } from "./resolve-outputs.ts";
import { tabularScorer } from "./resolve-table-scorer.ts";
import { asOneRow, isTensorModel, takesWholeItems, tensorScorer } from "./resolve-tensor-scorer.ts";
import type { ScorerParts } from "./scorer-parts.ts";
import { described, wantedOutputs } from "./tensor-facts.ts";
import {
  findTokenizer,
  isTextModel,
  takesTokens,
  type NamedTokenizer,
  textScorer,
  type TokenizerReader,
} from "./resolve-text-scorer.ts";

type Batch = Pick<ScorerParts, "batch" | "fixedBatch" | "runsAlone">;

/**
 * Reads a scorer.yml and the labels file that it names (in the same folder, or in the model's) and makes one of it with
 * the model's signature. `file` null: everything is inferred. `given` stands where the file says nothing of its input.
 * Problems: scorer/invalid, model/unsupported (nothing can be inferred).
 */
export async function readScorer(
  signature: ModelSignature,
  file: string | null,
  modelFolder: string,
  tokenizers: TokenizerReader,
  given: NonNullable<ScorerFile["input"]> = {},
): Promise<Result<Scorer>> {
  const finished = async (said: ScorerFile, labels: readonly string[] | null): Promise<Result<Scorer>> => {
    const scorerFile = { ...said, input: { ...given, ...said.input } };
    const filled = resolveConstants(signature, scorerFile);
    if (!filled.ok) return filled;
    const tokenizer = await findTokenizer(filled.value.signature, scorerFile, modelFolder, tokenizers);
    return tokenizer.ok ? resolveScorer(signature, scorerFile, labels, tokenizer.value) : tokenizer;
  };
  if (file === null) return finished({}, null);
  const yaml = await readYamlFile(file, "scorer/invalid");
  if (!yaml.ok) return yaml;
  const parsed = scorerFileSchema.safeParse(yaml.value.value);
  if (!parsed.success) return schemaProblem(yaml.value, parsed.error, "scorer/invalid");
  const named = parsed.data.output?.detections?.labels ?? parsed.data.output?.labels;
  if (named === undefined) return finished(parsed.data, null);
  if (typeof named !== "string") return finished(parsed.data, named);
  const labels = await readLabels(named, [path.dirname(yaml.value.file), modelFolder]);
  return labels.ok ? finished(parsed.data, labels.value) : labels;
}

/**
 * The whole rule by which scorer.yml and a signature become what a worker obeys. `labels` are those that `file` names,
 * `tokenizer` is what `findTokenizer` found.
 */
export function resolveScorer(
  wholeSignature: ModelSignature,
  file: ScorerFile,
  labels: readonly string[] | null,
  tokenizer: NamedTokenizer | null = null,
): Result<Scorer> {
  const filled = resolveConstants(wholeSignature, file);
  if (!filled.ok) return filled;
  const { signature, constants } = filled.value;
  const kind = file.input?.kind ?? inferKind(signature, file, tokenizer);
  if (kind === null) {
    return failure("model/unsupported:inputs", { inputs: signature.inputs.map(described) });
  }
  const strange = keysOfOtherKinds(kind, file);
  if (strange !== undefined) return failure("scorer/invalid:foreign-key", { key: strange, kind });

  if (file.output?.pool !== undefined && (kind !== "text" || !takesTokens(signature))) {
    return failure("scorer/invalid:pool-kind");
  }
  const isWhole =
    (kind === "tensor" && takesWholeItems(signature, file)) || (kind === "audio" && takesWholeSounds(signature, file));
  const isDetector = file.output?.detections !== undefined;
  const ownsOutputs = !isWhole && !isDetector && givesWholeOutputs(signature, file);
  const rows = isWhole || ownsOutputs ? asOneRow(signature) : signature;
  const said = file.output?.detections === undefined ? null : file.output;
  const detections = said === null ? success(null) : resolveDetections(kind, signature, said, labels);
  if (!detections.ok) return detections;
  const outputs = detections.value === null ? resolveOutputs(kind, rows, file, labels) : success([...detectionColumns]);
  if (!outputs.ok) return outputs;
  const isAlone = detections.value !== null && isOnePictureARun(detections.value);
  const batch = resolveBatch(isAlone ? { fixedBatch: 1 } : rows, file, outputs.value);
  if (!batch.ok) return batch;
  const parts: ScorerParts = {
    outputs: outputs.value,
    keep: file.output?.keep ?? [],
    ...batch.value,
    ...(ownsOutputs ? { wholeOutputs: true } : {}),
    ...(isSome(constants) ? { constants: [...constants] } : {}),
    ...(file.output?.not_a_number === "error" ? { notANumber: "error" } : {}),
  };
  const scorer =
    kind === "tabular"
      ? tabularScorer(signature, file, parts)
      : kind === "image"
        ? withDetections(imageScorer(signature, file, parts), detections.value)
        : kind === "tensor"
          ? tensorScorer(signature, file, parts)
          : kind === "audio"
            ? audioScorer(signature, file, parts)
            : textScorer(signature, file, tokenizer, parts);
  return scorer.ok ? withoutDuplicates(scorer.value) : scorer;
}

function inferKind(signature: ModelSignature, file: ScorerFile, tokenizer: NamedTokenizer | null): ScorerKind | null {
  if (isTextModel(signature, tokenizer)) return "text";
  const { inputs } = signature;
  const named = Object.keys(file.input?.columns ?? {});
  const isOfTable = ({ name, shape }: TensorInfo) =>
    shape.length === 1 || shape.length === 2 || (shape.length > 2 && named.includes(name));
  if (inputs.every(isOfTable)) return "tabular";
  if (isTensorModel(signature)) return "tensor";
  return inputs.length === 1 && inputs.every(isPictureInput) ? "image" : null;
}

/**
 * Whether outputs that do not begin with the rows can still be told apart: each run holds one item, since the model fixes that or
 * scorer.yml asks for it.
 */
function givesWholeOutputs(signature: ModelSignature, file: ScorerFile): boolean {
  const { fixedBatch } = signature;
  const runsOneItem = fixedBatch === 1 || (fixedBatch === null && file.batch === 1);
  return runsOneItem && wantedOutputs(signature, file).some(({ shape }) => shape[0] !== fixedBatch);
}

function isSome<Entry>(list: readonly Entry[]): list is readonly [Entry, ...Entry[]] {
  return list.length > 0;
}

type ScorerKind = keyof typeof keysOfKinds;

const keysOfKinds = {
  tabular: ["columns", "encoding", "missing", "missing_words"],
  image: [
    "size",
    "resize",
    "pad",
    "preset",
    "resize_shorter",
    "crop",
    "resample",
    "alpha",
    "color",
    "layout",
    "scale",
    "mean",
    "std",
  ],
  text: ["columns", "encoding", "missing", "missing_words", "items", "tokenizer", "max_length"],
  tensor: ["columns", "encoding", "missing", "missing_words", "items"],
  audio: ["sample_rate", "seconds", "windows", "scale"],
} as const;

function keysOfOtherKinds(kind: ScorerKind, file: ScorerFile): string | undefined {
  const own: readonly string[] = keysOfKinds[kind];
  const all = Object.values(keysOfKinds).flat();
  return all.find((key) => !own.includes(key) && file.input?.[key] !== undefined);
}

function withDetections(scorer: Result<ImageScorer>, detections: Detections | null): Result<ImageScorer> {
  return scorer.ok && detections !== null ? success({ ...scorer.value, detections }) : scorer;
}

function resolveBatch(
  { fixedBatch, dependentItems }: Pick<ModelSignature, "fixedBatch" | "dependentItems">,
  file: ScorerFile,
  outputs: Scorer["outputs"],
): Result<Batch> {
  const batch = file.batch ?? "auto";
  if (dependentItems === true && fixedBatch !== null && fixedBatch > 1) {
    return failure("model/unsupported:dependent-items", { rows: fixedBatch });
  }
  if (fixedBatch === null) {
    if (dependentItems === true && batch === "auto") return success({ batch: 1, fixedBatch, runsAlone: true });
    return success({ batch: withArrays(batch, outputs), fixedBatch });
  }
  if (batch === "auto" || batch === fixedBatch) return success({ batch: fixedBatch, fixedBatch });
  return failure("scorer/invalid:batch", { rows: fixedBatch, batch });
}

/** Values of arrays that one run may give: 16 MiB of floats. What a model makes of its inputs inside may be many times as much. */
const maxRunValues = 4 * 1024 * 1024;
const mostArrays = 16;

/**
 * Few items a run where each gives an array, which all are in memory together; and one where shapes vary, since items that run
 * together have one shape.
 */
function withArrays(batch: Scorer["batch"], outputs: Scorer["outputs"]): Scorer["batch"] {
  const shapes = outputs.flatMap(({ array }) => (array === undefined ? [] : [array.shape]));
  if (shapes.length === 0) return batch;
  // The pictures that are cut out are in memory whole.
  if (batch === "auto" && outputs.some(({ image }) => image?.as === "alpha")) return 1;
  const values = shapes.map((shape) => shape.reduce<number | null>(product, 1));
  if (values.includes(null)) return batch === "auto" ? 1 : batch;
  const most = Math.max(1, Math.floor(maxRunValues / values.reduce<number>((sum, one) => sum + (one ?? 0), 0)));
  return Math.min(most, batch === "auto" ? mostArrays : batch);
}

function product(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one * other;
}

function withoutDuplicates(scorer: Scorer): Result<Scorer> {
  const seen = new Set<string>();
  for (const { name } of predictionColumns(scorer)) {
    if (seen.has(name)) return failure("scorer/invalid:column-twice", { column: name });
    seen.add(name);
  }
  return success(scorer);
}
