import { failure, type Result, success } from "../../contract/problem.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { TabularScorer } from "../../contract/nouns/scorers/tabular-scorer.ts";
import type { TensorScorer } from "../../contract/nouns/scorers/tensor-scorer.ts";
import type { ModelSignature, TensorInfo } from "../../contract/signature.ts";
import { isPictureInput } from "./resolve-image-scorer.ts";
import { tabularScorer } from "./resolve-table-scorer.ts";
import type { ScorerParts } from "./scorer-parts.ts";
import { described, wantedOutputs } from "./tensor-facts.ts";

type Items = NonNullable<NonNullable<ScorerFile["input"]>["items"]>;

/** What is an item: what scorer.yml says, else a row where it names columns, else a file. */
export function tensorItems({ input }: ScorerFile): Items {
  return input?.items ?? (input?.columns === undefined ? "file" : "row");
}

/**
 * Whether a model has no batch dimension, so that an item is a whole run: all of its sizes are fixed, and an output that is
 * wanted does not begin with the same.
 */
export function takesWholeItems(signature: ModelSignature, file: ScorerFile): boolean {
  const { fixedBatch } = signature;
  const isOther = ({ shape }: TensorInfo) => shape[0] !== fixedBatch;
  return tensorItems(file) === "file" && fixedBatch !== null && wantedOutputs(signature, file).some(isOther);
}

/** The same model as one whose runs have a single row, which is all that comes out. */
export function asOneRow({ outputs, ...signature }: ModelSignature): ModelSignature {
  return {
    ...signature,
    outputs: outputs.map((output) => ({ ...output, shape: [1, ...output.shape] })),
    fixedBatch: 1,
  };
}

/** Whether arrays of numbers are what fills a model's inputs best: it takes no text, and not just one picture. */
export function isTensorModel({ inputs }: ModelSignature): boolean {
  const [only, ...others] = inputs;
  const isPicture = only !== undefined && others.length === 0 && isPictureInput(only) && !hasOtherChannels(only);
  return !isPicture && inputs.every(({ type }) => type !== "string");
}

/** All four sizes are fixed as no picture has them. */
function hasOtherChannels({ shape }: TensorInfo): boolean {
  return [shape[1], shape[3]].every((size) => typeof size === "number" && size !== 1 && size !== 3);
}

/** Arrays of files; or, of rows of tables, the scorer of tables whose columns are lists. */
export function tensorScorer(
  signature: ModelSignature,
  file: ScorerFile,
  parts: ScorerParts,
): Result<TensorScorer | TabularScorer> {
  const items = tensorItems(file);
  const { inputs } = signature;
  if (items === "row") {
    const own = Object.fromEntries(inputs.map(({ name }) => [name, name]));
    return tabularScorer(
      signature,
      { ...file, input: { ...file.input, columns: { ...own, ...file.input?.columns } } },
      parts,
    );
  }
  if (items === "line")
    return failure("scorer/invalid:items", { items, kind: "tensor", known: ["file", "axis", "row"] });
  const { columns, encoding, missing, missing_words } = file.input ?? {};
  if (columns !== undefined) return failure("scorer/invalid:columns-of-texts", { items });
  if ((encoding ?? missing ?? missing_words) !== undefined)
    return failure("scorer/invalid:missing-of-texts", { items });
  if (parts.keep.length > 0) return failure("scorer/invalid:keep-of-texts", { items });
  const text = inputs.find(({ type }) => type === "string");
  if (text !== undefined) return failure("scorer/invalid:text-array", { input: described(text) });
  const [first, ...rest] = inputs;
  if (first === undefined) return failure("model/unsupported:no-input");
  return success({
    kind: "tensor",
    items,
    inputs: [first, ...rest],
    isWhole: takesWholeItems(signature, file),
    ...parts,
  });
}
