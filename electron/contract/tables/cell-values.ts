import type { TensorType } from "../signature.ts";

/** Text of a cell → the value that a tensor holds, by one grammar for every reader and for the look before a run. */

const pointed = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;
const missingWord = /^(?:[+-]?nan|#?n\/a|na|null|none)$/i;
const integer = /^([+-]?)([0-9]+)(?:\.0*)?$/;
const leadingZeros = /^0+/;

/** Without the spaces and tabs around it. (A pattern would take quadratic time over a long run of blanks.) */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Blank, or a word that stands for no value: `NaN`, `NA`, `N/A`, `#N/A`, `null`, `None` in any case. */
export function isMissing(text: string): boolean {
  const trimmed = trimBlanks(text);
  return trimmed === "" || (trimmed.length <= 4 && missingWord.test(trimmed));
}

/** What stands between the whole and the broken part of a number. */
export type DecimalMark = "." | ",";

/**
 * A decimal number, with or without a fraction and an exponent, correctly rounded to a double; `inf` and `infinity` in
 * any case. Blanks around it are left out; nothing may group its digits. Undefined when it is none of these.
 */
export function numberFromText(text: string, decimal: DecimalMark = "."): number | undefined {
  const trimmed = withPoint(trimBlanks(text), decimal);
  if (pointed.test(trimmed)) return Number(trimmed);
  const match = infinite.exec(trimmed);
  if (match === null) return undefined;
  return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * A whole number of any size, exact; a fraction of zeros is tolerated, since spreadsheets write one. Undefined when it
 * is none; digits beyond what any 64-bit type holds are cut, which leaves it out of range.
 */
export function integerFromText(text: string, decimal: DecimalMark = "."): bigint | undefined {
  const match = integer.exec(withPoint(trimBlanks(text), decimal));
  if (match === null) return undefined;
  const digits = (match[2] ?? "").replace(leadingZeros, "");
  const value = BigInt(digits.slice(0, 30));
  return match[1] === "-" ? -value : value;
}

/** The two marks change places: a comma becomes the point, and a point becomes what no number may hold. */
function withPoint(text: string, decimal: DecimalMark): string {
  return decimal === "." ? text : text.replace(/[.,]/g, (mark) => (mark === "," ? "." : ","));
}

const truthWord = /^(?:true|false)$/i;

/** `true` and `false` in any case; undefined when the text is neither. */
function truthFromText(text: string): boolean | undefined {
  const trimmed = trimBlanks(text);
  return trimmed.length <= 5 && truthWord.test(trimmed) ? trimmed.length === 4 : undefined;
}

/** `true`, `false` in any case, and the whole numbers `1` and `0`. */
export function booleanFromText(text: string, decimal: DecimalMark = "."): boolean | undefined {
  const truth = truthFromText(text);
  if (truth !== undefined) return truth;
  const whole = integerFromText(text, decimal);
  return whole === 0n || whole === 1n ? whole === 1n : undefined;
}

/** The number that a cell gives to an input of numbers: by `numberFromText`; a truth value is 1 or 0. */
export function numberOfCell(text: string, decimal: DecimalMark = "."): number | undefined {
  return numberFromText(text, decimal) ?? numberOfTruth(text);
}

/** The whole number that a cell gives to an input of whole numbers: by `integerFromText`; a truth value is 1 or 0. */
export function wholeNumberOfCell(text: string, decimal: DecimalMark = "."): bigint | undefined {
  const whole = integerFromText(text, decimal);
  if (whole !== undefined) return whole;
  const truth = numberOfTruth(text);
  return truth === undefined ? undefined : BigInt(truth);
}

function numberOfTruth(text: string): number | undefined {
  const truth = truthFromText(text);
  return truth === undefined ? undefined : Number(truth);
}

export type IntegerType = Extract<
  TensorType,
  "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "uint64"
>;

/** Smallest and largest value of each whole-number type. */
export const integerLimits: Readonly<Record<IntegerType, readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int16: [-32768n, 32767n],
  uint16: [0n, 65535n],
  int32: [-2147483648n, 2147483647n],
  uint32: [0n, 4294967295n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

export function isIntegerType(type: TensorType): type is IntegerType {
  return type in integerLimits;
}
