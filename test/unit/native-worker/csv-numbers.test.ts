import { expect, test } from "vitest";
import { numberFromText } from "../../../electron/contract/tables/cell-values.ts";
import { numberFromBytes } from "../../../native-worker/readers/tables/csv-numbers.ts";
import { seededRandom } from "../../helpers/random.ts";
import { halfBits } from "../../../electron/contract/half-float.ts";

const random = seededRandom(20261122);

function digits(most: number): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * 10)).join("");
}

function anyNumberText(): string {
  const sign = ["", "", "-", "+"][Math.floor(random() * 4)] ?? "";
  const shape = Math.floor(random() * 9);
  const float = (random() - 0.5) * 10 ** (random() * 80 - 40);
  if (shape === 0) return `${sign}${digits(9)}`;
  if (shape === 1) return `${sign}${digits(5)}.${digits(5)}`;
  if (shape === 2) return `${sign}${digits(12)}.${digits(22)}`;
  if (shape === 3) return `${sign}${digits(4)}.${digits(17)}e${Math.floor(random() * 80 - 45)}`;
  if (shape === 4) return String(float);
  if (shape === 5) return String(Math.fround(float));
  // Just beside the middle of two neighbouring float32 values, where a second rounding goes wrong.
  if (shape === 6) {
    const low = Math.fround(random() * 1000);
    const bits = new Int32Array(Float32Array.of(low).buffer);
    const high = new Float32Array(Int32Array.of((bits[0] as number) + 1).buffer)[0] as number;
    return `${((low + high) / 2).toPrecision(17)}${random() < 0.5 ? "" : "000000000001"}`;
  }
  if (shape === 7) return `${sign}.${digits(20)}`;
  return `${sign}${digits(25)}.E${Math.floor(random() * 60 - 30)}`;
}

test("numbers are those of Number, bit by bit, rounded to float32 or not", () => {
  for (let count = 0; count < 200_000; count++) {
    const text = anyNumberText();
    const expected = Number(text);
    const bytes = Buffer.from(`;${text};`);
    const exact = numberFromBytes(bytes, 1, bytes.length - 1, true);
    const rounded = numberFromBytes(bytes, 1, bytes.length - 1, false);
    if (!Object.is(exact, expected)) expect.fail(`${text}: ${exact} instead of ${expected}`);
    if (!Object.is(Math.fround(rounded as number), Math.fround(expected)))
      expect.fail(`${text}: ${rounded} as float32`);
  }
});

test.each([
  "",
  " ",
  "-",
  ".",
  "1e",
  "1e+",
  "e5",
  "1.2.3",
  "0x10",
  "1_000",
  "1,5",
  "12a",
  "--1",
  "+-1",
  "1 2",
  "infinite",
  "n/a",
  "NaN",
  "\u00a01",
])("%j is no number", (text) => {
  const bytes = Buffer.from(text);
  expect(numberFromBytes(bytes, 0, bytes.length, true)).toBeUndefined();
  expect(numberFromText(text)).toBeUndefined();
});

test.each([
  [" 12\t", 12],
  ["-0", -0],
  ["5.", 5],
  ["inf", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["1e400", Number.POSITIVE_INFINITY],
  ["0e999999999999", 0],
])("%j is %d", (text, expected) => {
  const bytes = Buffer.from(text);
  expect(numberFromBytes(bytes, 0, bytes.length, true)).toBe(expected);
  expect(numberFromText(text)).toBe(expected);
});

test("half precision rounds to the nearest value, ties to even", () => {
  const value = (bits: number): number => {
    const fraction = bits & 0x3ff;
    const exponent = (bits >> 10) & 0x1f;
    return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  };
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = value(bits);
    const high = value(bits + 1);
    const middle = (low + high) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    if (halfBits(low) !== bits || halfBits(-low) !== (bits | 0x8000)) expect.fail(`bits ${bits}`);
    if (halfBits(middle) !== even) expect.fail(`the middle above bits ${bits}`);
    if (halfBits(low + (high - low) * 0.49) !== bits) expect.fail(`below the middle, bits ${bits}`);
    if (halfBits(low + (high - low) * 0.51) !== bits + 1) expect.fail(`above the middle, bits ${bits}`);
  }
  expect([halfBits(65519), halfBits(65520), halfBits(Number.NEGATIVE_INFINITY), halfBits(Number.NaN)]).toEqual([
    0x7bff, 0x7c00, 0xfc00, 0x7e00,
  ]);
});
