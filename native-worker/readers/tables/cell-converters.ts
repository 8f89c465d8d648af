import {
  booleanFromText,
  type IntegerType,
  integerLimits,
  isIntegerType,
  isMissing,
  type Missing,
  wholeNumberOfCell,
} from "../../../electron/contract/tables/cell-values.ts";
import { columnTypeWords, isOfColumnType, typedNumber } from "../../../electron/contract/tables/column-types.ts";
import { decodeText } from "../../../electron/contract/tables/csv.ts";
import type { TabularScorer } from "../../../electron/contract/nouns/scorer.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { InputValues } from "../block.ts";
import { halfBits } from "../half-float.ts";
import { shortText } from "./kept-cells.ts";
import { type CheckedType, sourceBytes, sourceText, wrongEncoding } from "./row-sources.ts";
import { type KeptCells, keepCell, keepNull } from "./kept-cells.ts";
import { type CellFault, noText, plainText, type RowSources } from "./row-sources.ts";

/** Takes what stands in the sources as a row of the block; null when it converted. */
export type Converter = (row: number) => CellFault | null;

/** Converts the cells of one input of the model. */
export function createConverter(
  type: TensorType,
  columns: Uint32Array,
  values: InputValues,
  sources: RowSources,
  missing: Missing,
): Converter {
  const { numbers } = sources;
  const width = columns.length;
  if (values instanceof Float32Array || values instanceof Float64Array) {
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++) values[base + index] = numbers[columns[index] as number] as number;
      return null;
    };
  }
  if (type === "float16") {
    const bits = values as Uint16Array;
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++)
        bits[base + index] = halfBits(numbers[columns[index] as number] as number);
      return null;
    };
  }
  if (values instanceof BigInt64Array || values instanceof BigUint64Array || type === "bool" || type === "string") {
    const convert = createTextConverter(type, missing);
    const target = values as { [index: number]: unknown };
    // The halves of 64-bit integers, the lower one first (typed arrays are little-endian wherever we run).
    const halves = type === "int64" ? new Int32Array((values as BigInt64Array).buffer) : null;
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++) {
        const source = columns[index] as number;
        if (halves !== null) {
          const short = shortWholeNumber(sources, source);
          if (short !== notShort) {
            halves[2 * (base + index)] = short;
            halves[2 * (base + index) + 1] = short >> 31;
            continue;
          }
        }
        const value = convert(sources, source);
        if (isFault(value)) return value;
        target[base + index] = value;
      }
      return null;
    };
  }
  const limits = integerLimits[type as IntegerType];
  const low = Number(limits[0]);
  const high = Number(limits[1]);
  const whole = values as Int32Array;
  return (row) => {
    const base = row * width;
    for (let index = 0; index < width; index++) {
      const source = columns[index] as number;
      const value = numbers[source] as number;
      if (!Number.isInteger(value)) return { source, code: "cell-not-a-number", wants: wantsWhole };
      if (value < low || value > high) return { source, code: "cell-out-of-range", wants: wantsBetween(limits) };
      whole[base + index] = value;
    }
    return null;
  };
}

/** Holds a source's text to a signature's type and puts down the number that it is. */
export function createTypeCheck(
  type: CheckedType,
  sources: RowSources,
  source: number,
  { missing }: TabularScorer,
): () => CellFault | null {
  const mismatch: CellFault = { source, code: "signature-mismatch", wants: columnTypeWords[type] };
  const replacement = missing === "error" ? null : missing === "nan" ? Number.NaN : missing.value;
  return () => {
    if (type === "integer" || type === "long") {
      const short = shortWholeNumber(sources, source);
      if (short !== notShort) {
        sources.numbers[source] = short;
        return null;
      }
    }
    const text = decodeText(sourceBytes(sources, source));
    if (isMissing(text)) {
      if (replacement === null) return mismatch;
      sources.numbers[source] = replacement;
      return null;
    }
    if (!isOfColumnType(type, text, sources.dialect.decimal)) return mismatch;
    sources.numbers[source] = typedNumber(type, text, sources.dialect.decimal) ?? Number.NaN;
    return null;
  };
}

const wantsWhole = "a whole number";

function wantsBetween([low, high]: readonly [bigint, bigint]): string {
  return `a number from ${low} to ${high}`;
}

function isFault(value: bigint | number | string | CellFault): value is CellFault {
  return typeof value === "object";
}

const notShort = -0x80000000;

/** A source's text as a 32-bit integer when it is nothing but nine digits at most, with a minus or none; else `notShort`. */
function shortWholeNumber(sources: RowSources, source: number): number {
  if (sources.textKind[source] !== plainText) return notShort;
  const bytes = sources.textBytes[source] as Uint8Array;
  const end = sources.textEnd[source] as number;
  let at = sources.textStart[source] as number;
  const isNegative = at < end && bytes[at] === 0x2d;
  if (isNegative) at++;
  if (end - at < 1 || end - at > 9) return notShort;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return notShort;
    value = (Math.imul(value, 10) + digit) | 0;
  }
  return isNegative ? -value : value;
}

/** Makes a value of a text type from a source's text. */
function createTextConverter(
  type: TensorType,
  missing: Missing,
): (sources: RowSources, source: number) => bigint | number | string | CellFault {
  const replacement = missing === "error" || missing === "nan" ? null : missing.value;
  if (type === "string") {
    return (sources, source) => {
      const text = sourceText(sources, source);
      if (text === null) return wrongEncoding(sources, source);
      if (text.length === 0) {
        if (missing === "error") return { source, code: "cell-empty", wants: "a text" };
        return replacement === null ? "" : String(replacement);
      }
      return decodeText(text);
    };
  }
  if (type === "bool") {
    return (sources, source) => {
      const text = decodeText(sourceBytes(sources, source));
      const value =
        isMissing(text) && replacement !== null ? replacement !== 0 : booleanFromText(text, sources.dialect.decimal);
      return value === undefined ? { source, code: "cell-not-a-number", wants: "true or false" } : Number(value);
    };
  }
  if (!isIntegerType(type)) throw new Error(`Values of type ${type} are not made from text.`);
  const limits = integerLimits[type];
  return (sources, source) => {
    const text = decodeText(sourceBytes(sources, source));
    const isReplaced = replacement !== null && isMissing(text);
    const value = isReplaced
      ? wholeNumberOfCell(String(replacement))
      : wholeNumberOfCell(text, sources.dialect.decimal);
    if (value === undefined) return { source, code: "cell-not-a-number", wants: wantsWhole };
    if (value < limits[0] || value > limits[1])
      return { source, code: "cell-out-of-range", wants: wantsBetween(limits) };
    return value;
  };
}

/** Keeps a source's text as the cell of `row`. */
export function storeText(sources: RowSources, source: number, cells: KeptCells, row: number): CellFault | null {
  const kind = sources.textKind[source];
  if (kind === noText) {
    keepNull(cells, row);
    return null;
  }
  if (kind !== plainText) return keepText(sources, source, cells, row);
  const bytes = sources.textBytes[source] as Uint8Array;
  const start = sources.textStart[source] as number;
  const end = sources.textEnd[source] as number;
  let seen = end - start > shortText ? 0x80 : 0;
  for (let at = start; at < end && seen < 0x80; at++) seen |= bytes[at] as number;
  // Plain ASCII, as most texts are, is text in any encoding.
  if (seen >= 0x80) return keepText(sources, source, cells, row);
  keepCell(cells, row, bytes, start, end);
  return null;
}

function keepText(sources: RowSources, source: number, cells: KeptCells, row: number): CellFault | null {
  const text = sourceText(sources, source);
  if (text === null) return wrongEncoding(sources, source);
  keepCell(cells, row, text, 0, text.length);
  return null;
}
