import { float16ToNumber } from "../../../electron/contract/half-float.ts";
import { describe, expect, test } from "vitest";
import {
  maxNumberBytes,
  slowFloat32Text,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from "../../../native-worker/writers/number-text.ts";
import { isLong } from "../../helpers/engine/fault-shim.ts";
import { seededRandom } from "../../helpers/random.ts";

const target = Buffer.alloc(2 * maxNumberBytes);
const float32Text = (value: number) => target.toString("latin1", 0, writeFloat32(target, 0, Float32Array.of(value), 0));
const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);
const floatOf = (pattern: number) => {
  bits[0] = pattern;
  return asFloat[0] as number;
};

/** The shortest text by the definition: as few significant digits as read back, laid out as JavaScript does. */
function expectedText(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value) || value === 0) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  throw new Error("nine digits always read back");
}

const significant = (text: string) =>
  text
    .replace(/e.*/, "")
    .replace(/\D/g, "")
    .replace(/^0+|0+$/g, "").length;

/**
 * The same by another way, for many values: with as many digits as the text has the value is read back, and with one less
 * it is not. Fewer digits are never nearer, except at powers of two, which have a test of their own.
 */
function isShortest(text: string, value: number): boolean {
  if (!Number.isFinite(value) || value === 0) return text === expectedText(value);
  const digits = significant(text);
  const rounded = Number(value.toPrecision(digits));
  if (text !== String(rounded) || Math.fround(rounded) !== value) return false;
  return digits === 1 || Math.fround(Number(value.toPrecision(digits - 1))) !== value;
}

describe("float32 as text", () => {
  test("random bit patterns read back and are as short as they can be", () => {
    const random = seededRandom(20261122);
    const wrong: string[] = [];
    for (let count = 0; count < (isLong ? 1_000_000 : 100_000); count++) {
      const value = floatOf(Math.floor(random() * 2 ** 32));
      if (Number.isNaN(value)) continue;
      const text = float32Text(value);
      if (!isShortest(text, value)) wrong.push(`${value}: ${text}`);
    }
    expect(wrong).toEqual([]);
  });

  test("every exponent is right at its smallest, greatest and middle fractions, subnormal ones included", () => {
    const wrong: string[] = [];
    for (let exponent = 0; exponent < 255; exponent++) {
      for (const fraction of [1, 2, 3, 0x3fffff, 0x400000, 0x400001, 0x7ffffe, 0x7fffff]) {
        const value = floatOf((exponent << 23) | fraction);
        if (float32Text(value) !== expectedText(value)) wrong.push(`${value}: ${float32Text(value)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("powers of two read back and no neighbour with fewer digits does", () => {
    const wrong: string[] = [];
    for (let exponent = -149; exponent < 128; exponent++) {
      const value = 2 ** exponent;
      const text = float32Text(value);
      if (Math.fround(Number(text)) !== value) wrong.push(`2^${exponent}: ${text} does not read back`);
      for (let digits = 1; digits < significant(text); digits++) {
        const [mantissa = "", power = ""] = value.toExponential(digits - 1).split("e");
        for (const step of [-1, 0, 1]) {
          const shorter = `${Number(mantissa.replace(".", "")) + step}e${Number(power) - digits + 1}`;
          if (Math.fround(Number(shorter)) === value) wrong.push(`2^${exponent}: ${shorter} is shorter than ${text}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test("powers of ten, whole numbers and short decimals look as people write them", () => {
    const wrong: string[] = [];
    for (let exponent = -45; exponent <= 38; exponent++) {
      const value = Math.fround(Number(`1e${exponent}`));
      if (float32Text(value) !== expectedText(value)) wrong.push(float32Text(value));
    }
    for (let whole = -3000; whole < 3000; whole++) {
      if (float32Text(whole) !== expectedText(whole)) wrong.push(float32Text(whole));
      const short = Math.fround(whole / 1000);
      if (float32Text(short) !== String(whole / 1000) && whole !== 0) wrong.push(float32Text(short));
    }
    expect(wrong).toEqual([]);
    const samples = [0.1, 0.5, 100, 16777216, 1e21, 1.5e-7, 0.000001, 123456.79, -2.5].map(Math.fround);
    expect(samples.map(float32Text)).toEqual([
      "0.1",
      "0.5",
      "100",
      "16777216",
      "1e+21",
      "1.5e-7",
      "0.000001",
      "123456.79",
      "-2.5",
    ]);
  });

  test("zero, minus zero, infinities and NaN", () => {
    const values = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    expect(values.map(float32Text)).toEqual(["0", "-0", "Infinity", "-Infinity", "NaN"]);
  });

  test("nothing is longer than the room that is asked for", () => {
    const greatest = -3.4028234663852886e38;
    expect(float32Text(greatest)).toBe("-3.4028235e+38");
    expect(slowFloat32Text(2 ** -149)).toBe("1e-45");
    expect(writeFloat64(target, 0, -1.2345678901234567e-300)).toBeLessThanOrEqual(maxNumberBytes);
  });
});

describe("other numbers as text", () => {
  test("float64 is JavaScript's shortest, with minus zero kept", () => {
    const text = (value: number) => target.toString("latin1", 0, writeFloat64(target, 0, value));
    expect([0.1 + 0.2, -0, 1e300, Number.NaN].map(text)).toEqual(["0.30000000000000004", "-0", "1e+300", "NaN"]);
  });

  test("integers of every length", () => {
    const text = (value: number) => target.toString("latin1", 0, writeInteger(target, 0, value));
    const values = [0, 7, -7, 10, 99, 100, 123456789, 1234567890, 2147483647, -2147483648, 4294967295, 2 ** 53];
    expect(values.map(text)).toEqual(values.map(String));
  });

  test("float16 bits become the numbers they stand for", () => {
    const patterns = [0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0xfc00];
    const numbers = [0, 1, -2, 65504, 2 ** -24, 2 ** -14, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(patterns.map(float16ToNumber)).toEqual(numbers);
    expect(float16ToNumber(0x7e00)).toBeNaN();
  });
});
