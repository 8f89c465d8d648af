import { integerLimits, isIntegerType } from "../../../electron/contract/tables/cell-values.ts";
import {
  type ArrayFault,
  type ArrayType,
  elementBytes,
  type NpyHeader,
  valuesIn,
} from "../../../electron/contract/tensors/npy-header.ts";
import type { InputValues } from "../block.ts";
import { halfBits, float16ToNumber } from "../../../electron/contract/half-float.ts";
import { allocateValues } from "../input-values.ts";

export type ArrayValues = Exclude<InputValues, string[]>;

/**
 * Values as they lie in a file → the same in C order, in this machine's bytes, in memory of their own. `bytes` are whole
 * elements; of a Fortran array all of them. Truth values become 0 and 1.
 */
export function arrayValues(
  bytes: Uint8Array,
  { type, isBigEndian, isFortran, shape }: Omit<NpyHeader, "dataStart">,
): ArrayValues {
  const size = elementBytes[type];
  const values = allocateValues(type, bytes.length / size) as ArrayValues;
  const copy = Buffer.from(values.buffer);
  copy.set(bytes);
  if (isBigEndian && size === 2) copy.swap16();
  if (isBigEndian && size === 4) copy.swap32();
  if (isBigEndian && size === 8) copy.swap64();
  if (type === "bool") for (let index = 0; index < copy.length; index++) copy[index] = copy[index] === 0 ? 0 : 1;
  return isFortran && shape.length > 1 ? inOrder(values, shape) : values;
}

/** First index fastest → last index fastest. */
function inOrder(values: ArrayValues, shape: readonly number[]): ArrayValues {
  const ordered = values.slice() as { [index: number]: unknown };
  const steps = shape.map((_, axis) => valuesIn(shape.slice(0, axis)));
  const at = shape.map(() => 0);
  let source = 0;
  for (let target = 0; target < values.length; target++) {
    ordered[target] = values[source];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [size, step] = [shape[axis] as number, steps[axis] as number];
      at[axis] = (at[axis] as number) + 1;
      source += step;
      if (at[axis] !== size) break;
      at[axis] = 0;
      source -= size * step;
    }
  }
  return ordered as unknown as ArrayValues;
}

/** A value that the model's type does not hold. */
type UnfitValue = { readonly index: number; readonly value: string };

/**
 * Values as the type that a model's input has. Floats are rounded to narrower floats, as the cells of tables are; truth values
 * are 0 and 1; everything else has to stay what it is.
 */
export function fitValues(values: ArrayValues, from: ArrayType, to: ArrayType): ArrayValues | UnfitValue {
  if (from === to) return values;
  const result = allocateValues(to, values.length) as { [index: number]: unknown };
  const valueOf =
    from === "float16" ? (bits: number | bigint) => float16ToNumber(Number(bits)) : (value: number | bigint) => value;
  const fit = fitting(from, to);
  for (let index = 0; index < values.length; index++) {
    const value = valueOf(values[index] as number | bigint);
    const fitted = fit(value);
    if (fitted === undefined) return { index, value: String(value) };
    result[index] = fitted;
  }
  return result as unknown as ArrayValues;
}

type Fit = (value: number | bigint) => number | bigint | undefined;

function fitting(from: ArrayType, to: ArrayType): Fit {
  if (to === "bool") return (value) => (Number(value) === 0 ? 0 : Number(value) === 1 ? 1 : undefined);
  if (isIntegerType(to)) {
    const [low, high] = integerLimits[to];
    const isLong = to === "int64" || to === "uint64";
    return (value) => {
      if (typeof value === "number" && !Number.isInteger(value)) return undefined;
      const whole = BigInt(value);
      if (whole < low || whole > high) return undefined;
      return isLong ? whole : Number(whole);
    };
  }
  const round =
    to === "float32" ? Math.fround : to === "float16" ? (value: number) => float16ToNumber(halfBits(value)) : Number;
  const stored = to === "float16" ? halfBits : (value: number) => value;
  const isWhole = isIntegerType(from);
  return (value) => {
    const number = Number(value);
    const kept = !isWhole || (BigInt(number) === BigInt(value) && round(number) === number);
    return kept ? stored(number) : undefined;
  };
}

/** What an item fails with for such a value. */
export function unfitProblem(name: string, { value }: UnfitValue, from: ArrayType, to: ArrayType): ArrayFault {
  const message = `The array for "${name}" is ${from} and holds ${value}, which is no ${to}, as the model takes it.`;
  return { code: "cell-out-of-range", message };
}
