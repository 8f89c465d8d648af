import type { TensorType } from "../../electron/contract/signature.ts";
import type { InputValues } from "./block.ts";

/** Room for `length` values of a tensor type; float16 as 16 bits, bool as bytes. */
export function allocateValues(type: TensorType, length: number): InputValues {
  switch (type) {
    case "float16":
    case "uint16":
      return new Uint16Array(length);
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int8":
      return new Int8Array(length);
    case "uint8":
    case "bool":
      return new Uint8Array(length);
    case "int16":
      return new Int16Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint32":
      return new Uint32Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "uint64":
      return new BigUint64Array(length);
    case "string":
      return new Array<string>(length).fill("");
  }
}

/** Where a tensor's memory begins decides in which order sums are made, and with it their last digit. */
const alignedBytes = 16;

/**
 * Values `from`..`to`: a copy of texts, a view of numbers. Numbers that would not begin on 16 bytes are copied, too, so that
 * the result of a run does not depend on where its rows lay in what was read.
 */
export function sliceValues(values: InputValues, from: number, to: number): InputValues {
  if (Array.isArray(values)) return values.slice(from, to);
  const view = values.subarray(from, to);
  return view.byteOffset % alignedBytes === 0 ? view : view.slice();
}

/** The values and then their last `width` values again and again until there are `rows` rows. */
export function padRows(values: InputValues, rows: number, width: number): InputValues {
  const last = sliceValues(values, values.length - width, values.length);
  if (Array.isArray(values)) {
    return Array.from({ length: rows * width }, (_, index) => values[index] ?? (last[index % width] as string));
  }
  const padded = values.constructor as new (length: number) => Exclude<InputValues, string[]>;
  const result = new padded(rows * width);
  result.set(values as never);
  for (let at = values.length; at < result.length; at += width) result.set(last as never, at);
  return result;
}
