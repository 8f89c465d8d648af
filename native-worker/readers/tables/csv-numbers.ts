import { numberFromText } from "../../../electron/contract/tables/cell-values.ts";

/** 10^0 … 10^22: every power of ten that a double holds exactly. */
export const exactPowersOfTen = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Digits that a double holds exactly, whatever they are; and a 32-bit integer. */
const exactDigits = 15;
const quickDigits = 9;

/**
 * The number that `bytes[start..end)` spells, by the grammar of `numberOfCell`; undefined when it spells none.
 *
 * No string is made for a number of at most 15 digits and a moderate exponent: both its digits and the power of ten are
 * exact doubles then, so one multiplication or division rounds correctly. With more digits, and `isExact` false, the
 * value is only promised to be right once it is rounded to a float32: the number lies between two such quotients, and
 * where both round to the same float32, so does the number. Everything else goes by way of `Number`.
 */
export function numberFromBytes(bytes: Buffer, start: number, end: number, isExact: boolean): number | undefined {
  let at = start;
  let last = end;
  while (at < last && isBlank(bytes[at] as number)) at++;
  while (last > at && isBlank(bytes[last - 1] as number)) last--;
  const textStart = at;
  const sign = bytes[at];
  if (at < last && (sign === 0x2b || sign === 0x2d)) at++;

  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let hasDigits = false;
  let isCut = false;
  let isFraction = false;
  for (; at < last; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x2e && !isFraction) {
      isFraction = true;
      continue;
    }
    const digit = byte - 0x30;
    if (digit < 0 || digit > 9) break;
    hasDigits = true;
    if (digits < exactDigits) {
      mantissa = mantissa * 10 + digit;
      if (mantissa > 0) digits++;
      if (isFraction) scale--;
    } else {
      if (digit !== 0) isCut = true;
      if (!isFraction) scale++;
    }
  }
  if (!hasDigits)
    return truthFromBytes(bytes, textStart, last) ?? numberFromText(bytes.toString("latin1", textStart, last));
  if (at < last && ((bytes[at] as number) | 0x20) === 0x65) {
    at++;
    let isNegative = false;
    if (at < last && (bytes[at] === 0x2b || bytes[at] === 0x2d)) {
      isNegative = bytes[at] === 0x2d;
      at++;
    }
    let exponent = 0;
    const exponentStart = at;
    for (; at < last; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      if (exponent < 100_000) exponent = exponent * 10 + digit;
    }
    if (at === exponentStart) return undefined;
    scale += isNegative ? -exponent : exponent;
  }
  if (at < last) return undefined;

  let value: number;
  if (mantissa === 0) {
    value = 0;
  } else if (scale < -22 || scale > 22) {
    return Number(bytes.toString("latin1", textStart, last));
  } else {
    value = scaled(mantissa, scale);
    if (isCut && (isExact || Math.fround(value) !== Math.fround(scaled(mantissa + 1, scale)))) {
      return Number(bytes.toString("latin1", textStart, last));
    }
  }
  return sign === 0x2d ? -value : value;
}

/** 1 and 0 for `true` and `false` in any case: tables of truth values are common, so no string is made of them. */
function truthFromBytes(bytes: Buffer, start: number, end: number): number | undefined {
  const word = end - start === 4 ? trueWord : end - start === 5 ? falseWord : null;
  if (word === null) return undefined;
  for (let index = 0; index < word.length; index++) {
    if (((bytes[start + index] as number) | 0x20) !== word[index]) return undefined;
  }
  return word === trueWord ? 1 : 0;
}

const trueWord = Buffer.from("true");
const falseWord = Buffer.from("false");

/**
 * Puts the number that `bytes[start..end)` spells at `values[to]`; digits alone, at most one point between them. The way
 * of `numberFromBytes`, short of what such a number cannot have. (The value is not returned, since it would have to be
 * put on the heap.)
 */
export function storeLongNumber(
  values: Float32Array,
  to: number,
  bytes: Buffer,
  start: number,
  end: number,
  isNegative: boolean,
): void {
  // The first nine digits and the next six, apart: adding digits to a double takes three times as long.
  let upper = 0;
  let lower = 0;
  let digits = 0;
  let scale = 0;
  let afterPoint = 0;
  let cut = 0;
  let at = start;
  for (; at < end && digits < quickDigits; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0) afterPoint = 1;
    else {
      upper = (Math.imul(upper, 10) + digit) | 0;
      // Zeros in front do not count.
      digits += -upper >>> 31;
      scale -= afterPoint;
    }
  }
  for (; at < end && digits < exactDigits; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0) afterPoint = 1;
    else {
      lower = (Math.imul(lower, 10) + digit) | 0;
      digits++;
      scale -= afterPoint;
    }
  }
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0) afterPoint = 1;
    else {
      cut |= digit;
      scale += 1 - afterPoint;
    }
  }
  const mantissa = digits > quickDigits ? upper * (exactPowersOfTen[digits - quickDigits] as number) + lower : upper;
  let value: number;
  if (scale < -22 || scale > 22) value = plainNumber(bytes, start, end);
  else {
    value = scaled(mantissa, scale);
    if (cut !== 0 && Math.fround(value) !== Math.fround(scaled(mantissa + 1, scale))) {
      value = plainNumber(bytes, start, end);
    }
  }
  values[to] = isNegative ? -value : value;
}

/** Of digits with at most one decimal mark, whichever it is. */
function plainNumber(bytes: Buffer, start: number, end: number): number {
  return Number(bytes.toString("latin1", start, end).replace(",", "."));
}

function scaled(mantissa: number, scale: number): number {
  return scale < 0 ? mantissa / (exactPowersOfTen[-scale] as number) : mantissa * (exactPowersOfTen[scale] as number);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}
