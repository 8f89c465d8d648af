import type { TensorScorer } from "../../../electron/contract/nouns/scorers/tensor-scorer.ts";
import { itemSizes } from "../../../electron/contract/nouns/scorers/tensor-scorer.ts";
import { arraysFor, itemShape, type StoredArray } from "../../../electron/contract/tensors/array-file.ts";
import type { ArrayFault, ArrayType } from "../../../electron/contract/tensors/npy-header.ts";
import { type ArrayValues, arrayValues, fitValues, unfitProblem } from "./array-values.ts";
import { arrayFile, valueBytes } from "./unpack-array.ts";

/** One input of an item: its values row-major, and their shape without the batch. */
export type ItemInput = { readonly values: ArrayValues; readonly shape: readonly number[] };

/** What one item gives each of a model's inputs, in their order. */
export type TensorItem = readonly ItemInput[];

/** Makes an item of a whole `.npy` or `.npz` file. Sizes are checked against the file before anything is allocated. */
export function readTensorItem(scorer: TensorScorer, bytes: Uint8Array): TensorItem | ArrayFault {
  const file = arrayFile({
    sizeBytes: bytes.length,
    readAt: (position, length) => bytes.subarray(position, position + length),
  });
  const names = scorer.inputs.map(({ name }) => name);
  const arrays = arraysFor(file, names);
  if ("code" in arrays) return arrays;
  const item: ItemInput[] = [];
  for (const [index, input] of scorer.inputs.entries()) {
    const array = arrays[index] as StoredArray;
    const { header } = array;
    const shape = itemShape(input.name, header.shape, itemSizes(scorer, input));
    if ("code" in shape) return shape;
    const raw = valueBytes(file, array);
    if ("code" in raw) return raw;
    const to = input.type as ArrayType;
    const values = fitValues(arrayValues(raw, header), header.type, to);
    if ("value" in values) return unfitProblem(input.name, values, header.type, to);
    item.push({ values, shape });
  }
  return item;
}
