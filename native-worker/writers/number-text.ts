/**
 * Numbers as text, written straight into a buffer. Floats get the shortest digits that read back as the same float32,
 * laid out as JavaScript lays out numbers; infinities and NaN are `Infinity`, `-Infinity`, `NaN`; minus zero is `-0`.
 */

/** More bytes than any number written here takes. */
export const maxNumberBytes = 32;

const digitZero = 48;
const minus = 45;
const plus = 43;
const point = 46;
const letterE = 101;

/** Powers of ten that float64 holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** 10^-45 to 10^38 rounded to float64: compared with, never multiplied with. */
const lowestPower = -45;
const comparedPowers = Float64Array.from({ length: 39 - lowestPower }, (_, index) =>
  Number(`1e${index + lowestPower}`),
);

const singleFloat = new Float32Array(1);
const singleBits = new Int32Array(singleFloat.buffer);
const powerOfTwo = Float64Array.from({ length: 256 }, (_, index) => 2 ** (index - 151));

const smallestNormal = 2 ** -126;

/** Two digits at a time: "00", "01", … "99". */
const pairTens = Uint8Array.from({ length: 100 }, (_, pair) => digitZero + Math.floor(pair / 10));
const pairOnes = Uint8Array.from({ length: 100 }, (_, pair) => digitZero + (pair % 10));

/** 10^(8 − count): makes eight digits of `count`. */
const fillFactors = Int32Array.from({ length: 9 }, (_, count) => 10 ** (8 - count));

/** How near to a border float64 arithmetic is trusted. */
const surelyBelow = 0.999999;
const surelyAbove = 1.000001;
const nearHalf = 0.499999;

/**
 * Writes the shortest text of `values[index]` at `start` and returns the position after it; up to eight bytes behind that
 * change too. (The array is handed over since a float64 argument would be put on the heap with every call.)
 *
 * Method: scale the value to n decimal digits and round; those digits read back as the value when the rounding moved
 * it by less than half a unit in the last place of the float. Eight digits are tried first (most results of a model
 * need eight or nine), then seven and six; a value with fewer digits shows them as zeros at the end of its six. The
 * scaling is off by at most 2^-50 of the value and half a unit is at least 2^-26 of it, so everything that is not
 * within a millionth of a border is certain; the rest is left to `slowFloat32Text`.
 */
export function writeFloat32(target: Uint8Array, start: number, values: Float32Array, index: number): number {
  const value = values[index] as number;
  let position = start;
  if (value === 0) {
    if (Object.is(value, -0)) target[position++] = minus;
    target[position] = digitZero;
    return position + 1;
  }
  if (!Number.isFinite(value)) return writeAscii(target, position, String(value));
  let magnitude = value;
  if (value < 0) {
    target[position++] = minus;
    magnitude = -value;
  }
  if (magnitude < smallestNormal) return writeAscii(target, position, slowFloat32Text(magnitude));
  singleFloat[0] = magnitude;
  const bits = singleBits[0] as number;
  const binaryExponent = bits >> 23;
  const isPowerOfTwo = (bits & 0x7fffff) === 0;

  // The decimal exponent: log10(2) is 1233/4096, near enough for every float32.
  let exponent = ((binaryExponent - 127) * 1233) >> 12;
  if (magnitude >= (comparedPowers[exponent + 1 - lowestPower] as number)) exponent++;

  let scaled = magnitude;
  // Below a power of two the floats lie twice as close: the narrower side is asked of both.
  let allowed = (powerOfTwo[binaryExponent] as number) * (isPowerOfTwo ? 0.5 : 1);
  let scale = 7 - exponent;
  for (; scale > 22; scale -= 22) {
    scaled *= 1e22;
    allowed *= 1e22;
  }
  if (scale >= 0) {
    const factor = exactPowers[scale] as number;
    scaled *= factor;
    allowed *= factor;
  } else {
    for (; scale < 0; scale += 22) {
      const divisor = exactPowers[Math.min(22, -scale)] as number;
      scaled /= divisor;
      allowed /= divisor;
    }
  }

  let integer = (scaled + 0.5) | 0;
  let moved = Math.abs(integer - scaled);
  if (moved < allowed * surelyBelow && moved < nearHalf) {
    let digits = 8;
    for (; digits > 6; digits--) {
      // A tenth is not exact, but far nearer than a millionth.
      scaled *= 0.1;
      allowed *= 0.1;
      const shorter = (scaled + 0.5) | 0;
      moved = Math.abs(shorter - scaled);
      if (moved > allowed * surelyAbove && moved < nearHalf) break;
      if (moved > allowed * surelyBelow || moved > nearHalf)
        return writeAscii(target, position, slowFloat32Text(magnitude));
      integer = shorter;
    }
    if (isPowerOfTwo && digits > 6) return writeAscii(target, position, slowFloat32Text(magnitude));
    return writeDigits(target, position, integer, digits, exponent);
  }
  if (moved > allowed * surelyAbove && moved < nearHalf && !isPowerOfTwo) {
    // Nine digits always read back.
    scaled *= 10;
    integer = (scaled + 0.5) | 0;
    if (Math.abs(integer - scaled) < nearHalf) return writeDigits(target, position, integer, 9, exponent);
  }
  return writeAscii(target, position, slowFloat32Text(magnitude));
}

/** Writes `integer`, which has `digits` decimal digits (or one more) and whose first stands for 10^`exponent`. */
function writeDigits(target: Uint8Array, start: number, integer: number, digits: number, exponent: number): number {
  let position = start;
  let rest = integer;
  let count = digits;
  let leading = exponent;
  // Rounding may have carried to one digit more: 999999.96 becomes 1000000.
  if (integer >= (exactPowers[digits] as number)) {
    count++;
    leading++;
  }
  for (let tenth = (rest / 10) | 0; tenth * 10 === rest; tenth = (rest / 10) | 0) {
    rest = tenth;
    count--;
  }
  if (leading < -6 || leading > 20) {
    // d.ddde-7: the digits after the first go one place further, then the first before the point.
    if (count === 1) target[position++] = digitZero + rest;
    else {
      writeInteger(target, position + 1, rest);
      target[position] = target[position + 1] as number;
      target[position + 1] = point;
      position += count + 1;
    }
    target[position++] = letterE;
    target[position++] = leading < 0 ? minus : plus;
    return writeInteger(target, position, leading < 0 ? -leading : leading);
  }
  if (leading < 0) {
    target[position++] = digitZero;
    target[position++] = point;
    for (let zeros = -1 - leading; zeros > 0; zeros--) target[position++] = digitZero;
    writeDigitsFrom(target, position, rest, count);
    return position + count;
  }
  const whole = leading + 1;
  if (count <= whole) {
    writeDigitsFrom(target, position, rest, count);
    for (position += count; position < start + whole; position++) target[position] = digitZero;
    return position;
  }
  // The point goes between: the digits before it are written one place too far and moved.
  writeDigitsFrom(target, position + 1, rest, count);
  for (const end = position + whole; position < end; position++) target[position] = target[position + 1] as number;
  target[position] = point;
  return start + count + 1;
}

/**
 * Writes an integer of `count` digits, nine at most, from `start` on, and zeros behind it: always eight or nine bytes,
 * without a loop whose length no processor would guess.
 */
function writeDigitsFrom(target: Uint8Array, start: number, integer: number, count: number): void {
  let position = start;
  let eight = integer;
  if (count === 9) {
    const first = (integer / 100_000_000) | 0;
    target[position++] = digitZero + first;
    eight = (integer - first * 100_000_000) | 0;
  } else {
    eight = Math.imul(integer, fillFactors[count] as number);
  }
  const upper = (eight / 10_000) | 0;
  const lower = (eight - upper * 10_000) | 0;
  const first = (upper / 100) | 0;
  const second = (upper - first * 100) | 0;
  const third = (lower / 100) | 0;
  const fourth = (lower - third * 100) | 0;
  target[position] = pairTens[first] as number;
  target[position + 1] = pairOnes[first] as number;
  target[position + 2] = pairTens[second] as number;
  target[position + 3] = pairOnes[second] as number;
  target[position + 4] = pairTens[third] as number;
  target[position + 5] = pairOnes[third] as number;
  target[position + 6] = pairTens[fourth] as number;
  target[position + 7] = pairOnes[fourth] as number;
}

/** Writes an integer below 2^31 with exactly `count` digits, zeros in front. */
function writeFixed(target: Uint8Array, position: number, integer: number, count: number): number {
  let rest = integer;
  let at = position + count;
  while (at - position >= 2) {
    const hundredth = (rest / 100) | 0;
    const pair = rest - hundredth * 100;
    target[at - 1] = pairOnes[pair] as number;
    target[at - 2] = pairTens[pair] as number;
    at -= 2;
    rest = hundredth;
  }
  if (at > position) target[at - 1] = digitZero + rest;
  return position + count;
}

/** The shortest text of a positive float32 by trying every number of digits: right for every value, and slow. */
export function slowFloat32Text(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
    // Above a power of two the floats lie twice as far apart as below, so the next decimal up may read back.
    const [mantissa = "", exponent = "0"] = value.toExponential(digits - 1).split("e");
    const next = Number(`${Number(mantissa.replace(".", "")) + 1}e${Number(exponent) - digits + 1}`);
    if (Math.fround(next) === value) return String(next);
  }
  return String(Number(value.toPrecision(9)));
}

/** A float64 in JavaScript's own shortest text. */
export function writeFloat64(target: Uint8Array, position: number, value: number): number {
  return writeAscii(target, position, Object.is(value, -0) ? "-0" : String(value));
}

/** An integer within ±2^53. */
export function writeInteger(target: Uint8Array, start: number, value: number): number {
  if (value > 0x7fffffff || value < -0x7fffffff) return writeAscii(target, start, String(value));
  let position = start;
  let rest = value;
  if (rest < 0) {
    target[position++] = minus;
    rest = -rest;
  }
  let count = 1;
  while (count < 10 && rest >= (exactPowers[count] as number)) count++;
  return writeFixed(target, position, rest, count);
}

export function writeAscii(target: Uint8Array, position: number, text: string): number {
  for (let index = 0; index < text.length; index++) target[position + index] = text.charCodeAt(index);
  return position + text.length;
}

/** The shortest text whose nearest float16 is this one, which must be finite and positive. */
export function shortestFloat16Text(value: number): string {
  for (let digits = 1; digits < 5; digits++) {
    const text = value.toPrecision(digits);
    if (nearestFloat16(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(5)));
}

/** A positive number rounded to the nearest float16, ties to even. */
function nearestFloat16(value: number): number {
  const step = 2 ** Math.max(Math.floor(Math.log2(value)) - 10, -24);
  const steps = value / step;
  const below = Math.floor(steps);
  const rest = steps - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return (isUp ? below + 1 : below) * step;
}
