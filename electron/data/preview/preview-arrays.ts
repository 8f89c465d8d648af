import type { InputPreview } from "../../contract/messages/data-messages.ts";
import type { SampledColumn } from "../../contract/nouns/preflight.ts";
import type { TensorScorer } from "../../contract/nouns/scorers/tensor-scorer.ts";
import { type Result, success } from "../../contract/problem.ts";
import type { StoredArray } from "../../contract/tensors/array-file.ts";
import { type ArrayType, shapeText } from "../../contract/tensors/npy-header.ts";
import { axisLength, readArrays, readAxisArrays } from "../cut/split-arrays.ts";
import { type Input, type ListedFile, type Listing, realPlace } from "../listing/listing.ts";
import { breathe } from "../listing/report-progress.ts";
import { type Checked, emptyFile, type FileProblem, withFile } from "../table-file.ts";
import { type Counted, countItems } from "./count-items.ts";
import { noRows, unreadableInput } from "./unreadable-input.ts";

type Look = Omit<InputPreview, "largestFileBytes" | "skippedBy" | "skippedNames" | "samples">;

/** Looks at files of arrays: the first that can be read shows its type and shape; entries of first axes are counted. */
export async function previewArrays(
  input: Input,
  scorer: TensorScorer,
  listing: Listing,
  onProgress: () => void,
): Promise<Result<Look>> {
  const names = scorer.inputs.map(({ name }) => name);
  const isAxis = scorer.items === "axis";
  const arraysOf = (file: ListedFile): Checked<readonly StoredArray[]> => {
    if (file.sizeBytes === 0) return { ok: false, problem: emptyFile };
    const read = isAxis ? readAxisArrays : readArrays;
    return withFile(realPlace(input, file), file, (opened) => read(opened, file.sizeBytes, names));
  };
  const first = await firstReadable(listing.files, arraysOf);
  if ("problem" in first) return unreadableInput(input, first, "array");
  const rowsOf = (file: ListedFile): Checked<Counted> => {
    const arrays = arraysOf(file);
    return arrays.ok ? { ok: true, value: { items: axisLength(arrays.value), bytes: file.sizeBytes } } : arrays;
  };
  const count = isAxis ? await countItems(listing, rowsOf, onProgress) : { items: listing.files.length, isExact: true };
  if (count.items === 0) return noRows(input);
  return success({
    files: listing.files.length,
    bytes: listing.bytes,
    skippedFiles: listing.skipped,
    items: count.items,
    itemsExact: count.isExact,
    dialect: null,
    textSample: null,
    columns: names.map((name, index) => described(name, first.arrays[index] as StoredArray)),
    scorer,
    mapping: names.map((name) => ({ input: name, columns: [name] })),
  });
}

async function firstReadable(
  files: readonly ListedFile[],
  arraysOf: (file: ListedFile) => Checked<readonly StoredArray[]>,
): Promise<{ readonly arrays: readonly StoredArray[] } | { readonly fileName: string; readonly problem: FileProblem }> {
  let firstProblem: { readonly fileName: string; readonly problem: FileProblem } | null = null;
  for (const file of files) {
    const arrays = arraysOf(file);
    if (arrays.ok) return { arrays: arrays.value };
    firstProblem ??= { fileName: file.path, problem: arrays.problem };
    await breathe();
  }
  return firstProblem ?? { fileName: "", problem: emptyFile };
}

/** An array as the columns of tables are shown: its type and shape stand for the first value. */
function described(name: string, { header }: StoredArray): SampledColumn {
  return { name, type: columnType(header.type), values: [`${header.type} ${shapeText(header.shape)}`] };
}

function columnType(type: ArrayType): SampledColumn["type"] {
  if (type === "bool") return "boolean";
  return type.startsWith("float") ? "number" : "integer";
}
