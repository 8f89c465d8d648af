import type { ComparedJob } from "../contract/messages/compare-messages.ts";
import { maxArrayValues } from "../contract/nouns/scorers/item-files.ts";
import { float16ToNumber } from "../contract/half-float.ts";
import { FilesChanged } from "./compare-items.ts";
import { itemFileBytes } from "./item-file.ts";

/** Whole numbers that a float64 does not hold are bigints. */
type Value = number | bigint;
type Values = { readonly length: number; readonly at: (index: number) => Value };
type Side = Pick<ComparedJob, "name" | "arrays" | "outputFolder">;
type ComparedArrays = { readonly isSame: boolean; readonly difference: number | null };

const different: ComparedArrays = { isSame: false, difference: null };
/** The start of a list that is shown. */
const shownCharacters = 100;

/** A cell of an array as the file of differences has it: a path whole, of a list the beginning. */
export function shownArray(cell: string): string {
  return cell.length <= shownCharacters || !cell.startsWith("[") ? cell : `${cell.slice(0, shownCharacters)}…`;
}

/**
 * How two cells are compared whose values are arrays, in lists or in files: value by value; the difference is the largest of
 * two finite numbers. `round`: to the numbers that both could write. Throws FilesChanged where a file is not what the job wrote.
 */
export function arrayComparison(
  round: (value: number) => number,
  a: Side,
  b: Side,
  tolerance: number,
): (cellA: string, cellB: string) => ComparedArrays {
  return (cellA, cellB) => {
    const [x, y] = [valuesOf(cellA, a), valuesOf(cellB, b)];
    if (x.length !== y.length) return different;
    let largest = 0;
    let isSame = true;
    for (let index = 0; index < x.length; index++) {
      const difference = differenceOf(x.at(index), y.at(index), round);
      if (difference === null || difference > tolerance) isSame = false;
      largest = Math.max(largest, difference ?? 0);
    }
    return { isSame, difference: x.length === 0 ? null : largest };
  };
}

/** Null where one of the two is no finite number and the other is not the same. */
function differenceOf(x: Value, y: Value, round: (value: number) => number): number | null {
  if (isWhole(x) && isWhole(y) && (typeof x === "bigint" || typeof y === "bigint")) {
    const apart = BigInt(x) - BigInt(y);
    return Number(apart < 0n ? -apart : apart);
  }
  const [one, other] = [round(Number(x)), round(Number(y))];
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return 0;
  return Number.isFinite(one) && Number.isFinite(other) ? Math.abs(one - other) : null;
}

function isWhole(value: Value): boolean {
  return typeof value === "bigint" || Number.isInteger(value);
}

function valuesOf(cell: string, side: Side): Values {
  if (side.arrays === "lists") return listValues(cell);
  const bytes = itemFileBytes(side, cell, (maxArrayValues + 1) * widestBytes);
  const values = bytes === null ? null : npyValues(bytes);
  if (values === null) throw new FilesChanged(side.name);
  return values;
}

const named: Readonly<Record<string, number>> = {
  ...{ true: 1, false: 0, nan: Number.NaN },
  ...{ inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY },
};

function listValues(cell: string): Values {
  const inside = cell.slice(1, -1);
  const texts = inside === "" ? [] : inside.split(",");
  return { length: texts.length, at: (index) => valueOf((texts[index] ?? "").trim().replaceAll('"', "")) };
}

function valueOf(text: string): Value {
  const value = Number(text);
  if (Number.isNaN(value)) return named[text.toLowerCase()] ?? value;
  return !Number.isSafeInteger(value) && /^-?\d+$/.test(text) ? BigInt(text) : value;
}

const headerPattern = /^\{'descr': '[<|]([a-z][1-8])', 'fortran_order': False, 'shape': \([\d, ]*\), \} *\n$/;
const magic = "\x93NUMPY\x01\x00";
const fixedBytes = 10;
const widestBytes = 8;

/** Values of an .npy file of ours; null when it is none. */
function npyValues(bytes: Buffer): Values | null {
  if (bytes.length < fixedBytes || bytes.toString("latin1", 0, magic.length) !== magic) return null;
  const start = fixedBytes + bytes.readUInt16LE(magic.length);
  const type = headerPattern.exec(bytes.toString("latin1", fixedBytes, start))?.[1];
  const read = type === undefined ? undefined : readers[type];
  if (type === undefined || read === undefined) return null;
  const width = Number(type.slice(1));
  const length = (bytes.length - start) / width;
  return Number.isInteger(length) ? { length, at: (index) => read(bytes, start + index * width) } : null;
}

/** By NumPy's name of the type. */
const readers: Readonly<Record<string, (bytes: Buffer, at: number) => Value>> = {
  f2: (bytes, at) => float16ToNumber(bytes.readUInt16LE(at)),
  f4: (bytes, at) => bytes.readFloatLE(at),
  f8: (bytes, at) => bytes.readDoubleLE(at),
  i1: (bytes, at) => bytes.readInt8(at),
  u1: (bytes, at) => bytes.readUInt8(at),
  i2: (bytes, at) => bytes.readInt16LE(at),
  u2: (bytes, at) => bytes.readUInt16LE(at),
  i4: (bytes, at) => bytes.readInt32LE(at),
  u4: (bytes, at) => bytes.readUInt32LE(at),
  i8: (bytes, at) => bytes.readBigInt64LE(at),
  u8: (bytes, at) => bytes.readBigUInt64LE(at),
  b1: (bytes, at) => bytes.readUInt8(at),
};
