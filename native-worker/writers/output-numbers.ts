import { float16ToNumber } from "../../electron/contract/half-float.ts";
import type { OutputValues } from "./prepared-output.ts";

/** What came out of a run, as numbers that can be reckoned with. */
export type Values = { readonly data: ArrayLike<number>; readonly dims: readonly number[] };

/** Numbers of an output as they are; float16 comes as its bits, 64-bit integers as such. */
export function numbersOf({ data, dims, type }: OutputValues & { readonly type: string }): Values {
  if (type === "float16") return { data: Float32Array.from(data as Uint16Array, float16ToNumber), dims };
  if (type === "int64" || type === "uint64") return { data: Float64Array.from(data as BigInt64Array, Number), dims };
  return { data: data as ArrayLike<number>, dims };
}
