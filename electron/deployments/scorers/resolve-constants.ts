import { failure, type Result, success } from "../../contract/problem.ts";
import type { Constant, ConstantValue } from "../../contract/nouns/scorers/constants.ts";
import type { ScorerFile } from "../../contract/nouns/scorers/scorer-file.ts";
import type { ModelSignature, TensorInfo, TensorType } from "../../contract/signature.ts";
import { booleanFromText, integerLimits, isIntegerType, numberFromText } from "../../contract/tables/cell-values.ts";
import { described, isFloat, namesOf } from "./tensor-facts.ts";

/** What data fills of a model, as a signature of its own, and what is the same for every item. */
export type FilledInputs = { readonly signature: ModelSignature; readonly constants: readonly Constant[] };

/** A constant is made anew for each number of rows. */
const mostValues = 16_000_000;

/**
 * Parts a model's inputs into those that data fills and the constants that scorer.yml gives. Only the former say how many rows
 * a run has. Problems: scorer/invalid, model/unsupported (different numbers of rows).
 */
export function resolveConstants(signature: ModelSignature, { input }: ScorerFile): Result<FilledInputs> {
  const given = input?.constants ?? {};
  const unknown = Object.keys(given).find((name) => !signature.inputs.some((known) => known.name === name));
  if (unknown !== undefined) {
    return failure("scorer/invalid:unknown-input", { input: unknown, known: namesOf(signature.inputs) });
  }
  const filled = signature.inputs.filter(({ name }) => !Object.hasOwn(given, name));
  if (filled.length === 0) return failure("scorer/invalid:only-constants");
  const single = filled.find(({ shape }) => shape.length === 0);
  if (single !== undefined) return failure("scorer/invalid:needs-constant", { input: described(single) });
  const rows = new Set(filled.flatMap(({ shape }) => shape[0] ?? []));
  if (rows.size > 1) return failure("model/unsupported:fixed-rows", { rows: [...rows] });
  const [fixedBatch = null] = rows;

  const constants: Constant[] = [];
  for (const info of signature.inputs.filter((known) => Object.hasOwn(given, known.name))) {
    const constant = constantOf(info, given[info.name] as ConstantValue, fixedBatch === null);
    if (!constant.ok) return constant;
    constants.push(constant.value);
  }
  // Outputs were tried with the rows that the signature says.
  const outputs = signature.outputs.map(({ shape: [first, ...rest], ...output }) => ({
    ...output,
    shape: first === undefined ? [] : [first === signature.fixedBatch ? fixedBatch : first, ...rest],
  }));
  return success({ signature: { ...signature, inputs: filled, outputs, fixedBatch }, constants });
}

function constantOf(info: TensorInfo, value: ConstantValue, isBatchFree: boolean): Result<Constant> {
  const { name, type } = info;
  const lists = listsOf(value);
  const shape = lists === null ? null : constantShape(info.shape, lists.shape, isBatchFree);
  if (lists === null || shape === null) {
    return failure("scorer/invalid:constant-shape", { input: described(info), given: lists?.shape ?? null });
  }
  if (shape.reduce<number>((product, size) => product * (size ?? 1), 1) > mostValues) {
    return failure("scorer/invalid:constant-size", { input: described(info) });
  }
  const values: string[] = [];
  for (const single of lists.values) {
    const text = valueText(type, single);
    if (text === undefined) {
      return failure("scorer/invalid:constant-value", { input: described(info), value: String(single) });
    }
    values.push(text);
  }
  return success({ name, type, shape: [...shape], values });
}

type Single = string | number | boolean;

/** The values of nested lists and how long the lists are; null when lists of one depth differ. A single value has no shape. */
function listsOf(value: ConstantValue): { readonly shape: readonly number[]; readonly values: Single[] } | null {
  if (typeof value !== "object") return { shape: [], values: [value] };
  const inner = value.map(listsOf);
  const [first] = inner;
  if (first === null || first === undefined) return null;
  const isSame = inner.every((one) => one?.shape.join() === first.shape.join());
  return isSame ? { shape: [value.length, ...first.shape], values: inner.flatMap((one) => one?.values ?? []) } : null;
}

/**
 * The shape of a constant's tensor, its rows null. Where the model leaves the rows free, the first size that an input leaves free
 * is theirs (that of recurrent states is often the second); other free sizes are 1, or what the lists say. Null: the lists do not fit.
 */
function constantShape(
  wanted: TensorInfo["shape"],
  given: readonly number[],
  isBatchFree: boolean,
): TensorInfo["shape"] | null {
  const rowAxis = isBatchFree ? wanted.indexOf(null) : -1;
  if (given.length === 0) return wanted.map((size, axis) => size ?? (axis === rowAxis ? null : 1));
  const isWithoutRows = rowAxis === 0 && given.length === wanted.length - 1;
  const whole = isWithoutRows ? [1, ...given] : given;
  if (whole.length !== wanted.length || !whole.every((size, axis) => (wanted[axis] ?? size) === size)) return null;
  return whole.map((size, axis) => (axis === rowAxis && size === 1 ? null : size));
}

/** A value as it is stored, if the type takes it. */
function valueText(type: TensorType, value: Single): string | undefined {
  const text = String(value).trim();
  if (type === "string") return String(value);
  const truth = booleanFromText(text);
  if (type === "bool") return truth === undefined ? undefined : String(Number(truth));
  if (isIntegerType(type)) {
    // YAML has rounded a number of so many digits already; in quotes it is exact.
    if (typeof value === "number" && !Number.isSafeInteger(value)) return undefined;
    const digits = typeof value === "boolean" ? String(Number(value)) : text;
    if (!/^[+-]?\d{1,20}$/.test(digits)) return undefined;
    const [low, high] = integerLimits[type];
    const whole = BigInt(digits.replace("+", ""));
    return whole >= low && whole <= high ? String(whole) : undefined;
  }
  if (!isFloat(type)) return undefined;
  if (typeof value === "number") return text;
  const number = typeof value === "boolean" ? Number(value) : numberFromText(text);
  if (number !== undefined) return String(number);
  return text.toLowerCase() === "nan" ? "NaN" : undefined;
}
