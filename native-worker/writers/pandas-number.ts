import { shortestFloat16Text, writeAscii, writeFloat32, writeFloat64 } from "./number-text.ts";

/**
 * Numbers as pandas writes them in `DataFrame.to_csv`: the shortest digits of their own type, laid out as numpy lays
 * them out (`1.0`, `1e-05`, `1e+16`), NaN as an empty cell, infinities as `inf` and `-inf`.
 */

/** Types of floats, each with shortest digits of its own. float16 comes as float32 of the same value. */
export type PandasFloat = "float16" | "float32" | "float64";

/** Writes `values[index]` as a float of that type and returns the position after it. */
export function writePandasFloat(
  target: Uint8Array,
  start: number,
  values: Float32Array | Float64Array,
  index: number,
  type: PandasFloat,
): number {
  const value = values[index] as number;
  if (Number.isNaN(value)) return start;
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return writeAscii(target, start, value < 0 ? "-inf" : "inf");
  const end = writeShortest(target, start, values, index, type);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return writeAscii(target, start, scientific(String.fromCharCode(...target.subarray(start, end))));
  }
  // Wherever a fraction could be told apart, whole numbers are exact: no other value has digits without a point.
  return Number.isInteger(value) ? writeAscii(target, end, ".0") : end;
}

function writeShortest(
  target: Uint8Array,
  start: number,
  values: Float32Array | Float64Array,
  index: number,
  type: PandasFloat,
): number {
  const value = values[index] as number;
  if (!(values instanceof Float32Array)) return writeFloat64(target, start, value);
  if (type !== "float16" || value === 0) return writeFloat32(target, start, values, index);
  return writeAscii(target, start, (value < 0 ? "-" : "") + shortestFloat16Text(Math.abs(value)));
}

/** Any text of a number with one digit before its point and an exponent of two digits or more. */
function scientific(text: string): string {
  const sign = text.startsWith("-") ? "-" : "";
  const [mantissa = "", shownExponent = "0"] = text.slice(sign.length).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const allDigits = whole + fraction;
  const digits = allDigits.replace(/^0+/, "");
  const exponent = Number(shownExponent) + whole.length - 1 - (allDigits.length - digits.length);
  const shownDigits = digits.replace(/0+$/, "");
  const point = shownDigits.length > 1 ? `.${shownDigits.slice(1)}` : "";
  return `${sign}${shownDigits.charAt(0)}${point}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
