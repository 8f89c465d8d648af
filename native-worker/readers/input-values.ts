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

/** Values `from`..`to`: a view of numbers, a copy of texts. */
export function sliceValues(values: InputValues, from: number, to: number): InputValues {
  return Array.isArray(values) ? values.slice(from, to) : values.subarray(from, to);
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
