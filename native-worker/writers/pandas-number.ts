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
  let end = writeShortest(target, start, values, index, type);
  if (type !== "float64" && mayBeHalfway(target, start, end, magnitude)) {
    end = writeAscii(target, start, evenWhenHalfway(String.fromCharCode(...target.subarray(start, end)), magnitude));
  }
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

const point = 46;

/** Whether the digits could be those of a value halfway between two numbers of as many digits; quick, and seldom true. */
function mayBeHalfway(target: Uint8Array, start: number, end: number, magnitude: number): boolean {
  if (magnitude < 1e-4 || magnitude >= 2 ** 24) return magnitude !== 0;
  const at = target.subarray(start, end).indexOf(point);
  // A value with one more decimal than is shown is a whole number of as many halvings.
  return at !== -1 && Number.isInteger(magnitude * 2 ** (end - start - at));
}

/** JavaScript rounds a half away from zero, numpy to the even digit. */
function evenWhenHalfway(text: string, magnitude: number): string {
  const [mantissa = "", ...exponent] = text.split("e");
  const digits = mantissa
    .replace(/^-?[0.]*/, "")
    .replace(".", "")
    .replace(/0+$/, "");
  const last = Number(digits.at(-1));
  if (last % 2 === 0) return text;
  const longer = magnitude.toPrecision(digits.length + 1);
  if (Number(longer) !== magnitude || !/5(e.*)?$/.test(longer)) return text;
  return [mantissa.replace(/[1-9](?=[0.]*$)/, String(last - 1)), ...exponent].join("e");
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
