import {
  booleanFromText,
  type DecimalMark,
  type IntegerType,
  integerLimits,
  isIntegerType,
  wholeNumberOfCell,
} from "../../../electron/contract/tables/cell-values.ts";
import { columnTypeWords, isOfColumnType, typedNumber } from "../../../electron/contract/tables/column-types.ts";
import { decodeText } from "../../../electron/contract/tables/csv.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import type { InputValues } from "../block.ts";
import { halfBits } from "../../../electron/contract/half-float.ts";
import { shortText } from "./kept-cells.ts";
import { type CheckedType, wantsNumber, sourceBytes, sourceText, wrongEncoding } from "./row-sources.ts";
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
): Converter {
  const { numbers } = sources;
  const missingNumbers = sources.missingWords.numbers;
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
    const convert = createTextConverter(type, sources);
    const target = values as { [index: number]: unknown };
    // The halves of 64-bit integers, the lower one first (typed arrays are little-endian wherever we run).
    const halves = type === "int64" ? new Int32Array((values as BigInt64Array).buffer) : null;
    return (row) => {
      const base = row * width;
      for (let index = 0; index < width; index++) {
        const source = columns[index] as number;
        if (halves !== null) {
          const short = shortWholeNumber(sources, source);
          if (short !== notShort && !missingNumbers.has(short)) {
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
export function createTypeCheck(type: CheckedType, sources: RowSources, source: number): () => CellFault | null {
  const mismatch: CellFault = { source, code: "signature-mismatch", wants: columnTypeWords[type] };
  const { missingWords } = sources;
  const replacement = sources.missing[source] === "error" ? null : (sources.missingNumbers[source] ?? Number.NaN);
  return () => {
    if (type === "integer" || type === "long") {
      const short = shortWholeNumber(sources, source);
      if (short !== notShort && !missingWords.numbers.has(short)) {
        sources.numbers[source] = short;
        return null;
      }
    }
    const text = decodeText(sourceBytes(sources, source));
    if (missingWords.isNoValue(text, sources.dialect.decimal)) {
      if (replacement === null) return mismatch;
      sources.numbers[source] = replacement;
      return null;
    }
    if (!isOfColumnType(type, text, sources.dialect.decimal)) return mismatch;
    sources.numbers[source] = typedNumber(type, text, sources.dialect.decimal) ?? Number.NaN;
    return null;
  };
}

/** Takes a number that stands for no value for none. */
export function createMissingNumberCheck(sources: RowSources, source: number): () => CellFault | null {
  const { numbers } = sources.missingWords;
  const replacement = sources.missingNumbers[source];
  return () => {
    if (!numbers.has(sources.numbers[source] as number)) return null;
    if (replacement === undefined) return { source, code: "cell-empty", wants: wantsNumber };
    sources.numbers[source] = replacement;
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
  sources: RowSources,
): (sources: RowSources, source: number) => bigint | number | string | CellFault {
  if (type === "string") return createStringConverter(sources);
  if (type === "bool") {
    const truthOf = valueReader(sources, (text, decimal) => {
      const truth = booleanFromText(text, decimal);
      return truth === undefined ? undefined : Number(truth);
    });
    return (_, source) => truthOf(source) ?? { source, code: "cell-not-a-number", wants: "true or false" };
  }
  if (!isIntegerType(type)) throw new Error(`Values of type ${type} are not made from text.`);
  const limits = integerLimits[type];
  const wholeOf = valueReader(sources, wholeNumberOfCell);
  return (_, source) => {
    const value = wholeOf(source);
    if (value === undefined) return { source, code: "cell-not-a-number", wants: wantsWhole };
    if (value < limits[0] || value > limits[1])
      return { source, code: "cell-out-of-range", wants: wantsBetween(limits) };
    return value;
  };
}

function createStringConverter({ missing, missingWords: { isNoText, isUsual } }: RowSources) {
  const replacements = missing.map((rule) => (typeof rule === "string" ? "" : String(rule.value)));
  return (sources: RowSources, source: number): string | CellFault => {
    const bytes = sourceText(sources, source);
    if (bytes === null) return wrongEncoding(sources, source);
    const text = decodeText(bytes);
    // ONNX Runtime would take the text up to there.
    if (text.includes("\0")) return { source, code: "file-encoding", wants: "text without NUL bytes" };
    if (isUsual ? text !== "" : !isNoText(text)) return text;
    if (missing[source] === "error") return { source, code: "cell-empty", wants: "a text" };
    return replacements[source] as string;
  };
}

/** Reads the value of a source: of its text, or of what its rule has for a text that stands for no value. */
function valueReader<Value>(
  sources: RowSources,
  parse: (text: string, decimal: DecimalMark) => Value | undefined,
): (source: number) => Value | undefined {
  const { isNoValue, isUsual } = sources.missingWords;
  const replacements = sources.missing.map((rule) =>
    typeof rule === "string" ? undefined : parse(String(rule.value), "."),
  );
  return (source) => {
    const text = decodeText(sourceBytes(sources, source));
    const { decimal } = sources.dialect;
    const replacement = replacements[source];
    // No usual word for no value is one for a value.
    if ((replacement !== undefined || !isUsual) && isNoValue(text, decimal)) return replacement;
    return parse(text, decimal);
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
