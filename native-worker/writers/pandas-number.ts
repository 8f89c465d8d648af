import { shortestFloat16Text, slowFloat32Text, writeAscii } from "./number-text.ts";

/**
 * Numbers as pandas writes them in `DataFrame.to_csv`: the shortest digits of their own type, laid out as numpy lays
 * them out (`1.0`, `1e-05`, `1e+16`), NaN as an empty cell, infinities as `inf` and `-inf`.
 */

/** Types of floats, each with shortest digits of its own. */
export type PandasFloat = "float16" | "float32" | "float64";

/** Writes a float of that type and returns the position after it. */
export function writePandasFloat(target: Uint8Array, position: number, value: number, type: PandasFloat): number {
  if (Number.isNaN(value)) return position;
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return writeAscii(target, position, `${sign}inf`);
  return writeAscii(target, position, sign + laidOut(magnitude, shortestText(magnitude, type)));
}

function shortestText(magnitude: number, type: PandasFloat): string {
  if (magnitude === 0 || type === "float64") return String(magnitude);
  return type === "float32" ? slowFloat32Text(magnitude) : shortestFloat16Text(magnitude);
}

/** JavaScript's layout of a number made numpy's, whose exponents begin at 1e16 and below 1e-4. */
function laidOut(magnitude: number, text: string): string {
  const [mantissa = "", shownExponent = "0"] = text.split("e");
  const isScientific = magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  // JavaScript writes these out in full: only exponents below -6 and above 20 are shown.
  if (!isScientific) return mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  const [whole = "", fraction = ""] = mantissa.split(".");
  const allDigits = whole + fraction;
  const leadingZeros = /^0*/.exec(allDigits)?.[0].length ?? 0;
  const exponent = Number(shownExponent) + whole.length - 1 - leadingZeros;
  const digits = allDigits.slice(leadingZeros).replace(/0+$/, "");
  const point = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${digits.charAt(0)}${point}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
