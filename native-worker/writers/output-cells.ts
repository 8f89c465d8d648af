import { float16ToNumber } from "../../electron/contract/half-float.ts";
import type { ScorerOutput } from "../../electron/contract/nouns/scorers/scorer-parts.ts";
import { bestFirst, normalizedRows, softmaxRows } from "./ranking.ts";
import { maxNumberBytes, writeAscii, writeFloat32, writeFloat64, writeInteger } from "./number-text.ts";
import { type PandasFloat, writePandasFloat } from "./pandas-number.ts";
import type { NotANumber, OutputData, PreparedOutput } from "./prepared-output.ts";
import { writeBytes } from "./row-layout.ts";
import type { TextStyle } from "./text-cell.ts";
import { textCellBytes } from "./text-cell.ts";
import { type Words, wordsOf, writeWords } from "./word-writer.ts";

/** What is written before each cell of a row of the output. */
type Leads = readonly Uint8Array[];

const comma = 44;

/** Writes element `index` of an output and returns the position after it. */
type CellWriter = (target: Uint8Array, position: number, index: number) => number;

/** How one output becomes cells; made once a job. The function it returns takes the data of one run, `rows × width`. */
export function outputCells(
  output: ScorerOutput,
  style: TextStyle,
  leads: Leads,
): (data: OutputData, rows: number) => PreparedOutput {
  const { width, type } = output;
  const leadBytes = leads.reduce((sum, lead) => sum + lead.length, 0);
  if (type === "string") return (data) => textCells(data as readonly string[], width, style, leads, leadBytes);
  const isFloat = isFloatType(type);

  if (output.topK === 0) {
    const fixedBytes = width * maxNumberBytes + leadBytes;
    const keys = style.kind === "json" ? leads.map(wordsOf) : null;
    return (data, rows) => {
      const values = isFloat ? floats(output, data, rows) : data;
      const write = allCells(cellWriter(values, output, style), leads);
      const isPlain = values instanceof Float32Array && style.kind !== "pandas";
      const notNumbers = isFloat ? findNotNumbers(values as Float32Array | Float64Array, output) : [];
      return { fixedBytes, textBytes: null, write, floats: isPlain ? { values, width, keys } : null, notNumbers };
    };
  }

  const best = Math.min(output.topK, width);
  const labels = Array.from({ length: width }, (_, index) =>
    textCellBytes(output.labels?.[index] ?? String(index), style),
  );
  const maxLabelLength = labels.reduce((max, label) => Math.max(max, label.length), 0);
  const fixedBytes = best * (maxLabelLength + maxNumberBytes) + leadBytes;
  return (data, rows) => {
    const values = isFloat ? floats(output, data, rows) : data;
    const writeCell = cellWriter(values, output, style);
    const ranks = bestFirst(values as ArrayLike<number | bigint>, rows, width, best);
    const write = (target: Uint8Array, start: number, row: number): number => {
      let position = start;
      for (let rank = 0; rank < best; rank++) {
        const index = ranks[row * best + rank] as number;
        position = writeBytes(target, position, leads[2 * rank] as Uint8Array);
        position = writeBytes(target, position, labels[index] as Buffer);
        position = writeBytes(target, position, leads[2 * rank + 1] as Uint8Array);
        position = writeCell(target, position, row * width + index);
      }
      return position;
    };
    const notNumbers = isFloat ? findNotNumbers(values as Float32Array | Float64Array, output) : [];
    return { fixedBytes, textBytes: null, floats: null, write, notNumbers };
  };
}

export function isFloatType(type: ScorerOutput["type"]): boolean {
  return type === "float16" || type === "float32" || type === "float64";
}

/** The first score of each row that is no number. */
export function findNotNumbers(
  values: Float32Array | Float64Array,
  { width, topK, columns, name }: Pick<ScorerOutput, "width" | "topK" | "columns" | "name">,
): NotANumber[] {
  if (areNumbers(values)) return [];
  const found: NotANumber[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (Number.isFinite(value)) continue;
    const row = Math.floor(index / width);
    if (found.at(-1)?.row === row) continue;
    found.push({ row, column: (topK === 0 ? columns[index % width] : undefined) ?? name, value });
  }
  return found;
}

/** The same of an array, whose values are in one column. */
export function notNumbersOfArray(output: ScorerOutput, data: OutputData, rows: number): readonly NotANumber[] {
  if (!isFloatType(output.type) || data.length === 0) return [];
  const { name } = output;
  return findNotNumbers(floats(output, data, rows), { name, width: data.length / rows, topK: 0, columns: [name] });
}

/**
 * Whether all values are numbers, as nearly always: zero times a number is zero, and zero times anything else is NaN. In four
 * sums, since an addition waits for the one before it.
 */
function areNumbers(values: Float32Array | Float64Array): boolean {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const whole = values.length & ~3;
  for (let index = 0; index < whole; index += 4) {
    first += (values[index] as number) * 0;
    second += (values[index + 1] as number) * 0;
    third += (values[index + 2] as number) * 0;
    fourth += (values[index + 3] as number) * 0;
  }
  for (let index = whole; index < values.length; index++) first += (values[index] as number) * 0;
  return first + second + third + fourth === 0;
}

/** A float output as float32 or float64, after softmax or divided by its length when that is asked for. */
export function floats(output: ScorerOutput, data: OutputData, rows: number): Float32Array | Float64Array {
  // float16 comes as its bits.
  const values =
    output.type === "float16"
      ? Float32Array.from(data as Uint16Array, float16ToNumber)
      : (data as Float32Array | Float64Array);
  const shares = output.softmax ? softmaxRows(values, rows, output.width) : values;
  return output.normalize === undefined ? shares : normalizedRows(shares, rows, output.width);
}

/** Writes the values of a row with commas between them, and one before, and returns the position after the last. */
export function writeFloats(
  target: Uint8Array,
  start: number,
  values: Float32Array,
  first: number,
  width: number,
): number {
  let position = start;
  for (let index = first; index < first + width; index++) {
    target[position++] = comma;
    position = writeFloat32(target, position, values, index);
  }
  return position;
}

/** Writes the values of a row, each behind its key. `view` is a view of `target`. */
export function writeFloatsInJson(
  target: Uint8Array,
  view: DataView,
  start: number,
  values: Float32Array,
  first: number,
  keys: readonly Words[],
): number {
  let position = start;
  for (let index = 0; index < keys.length; index++) {
    position = writeWords(view, position, keys[index] as Words);
    const value = values[first + index] as number;
    position = isSpecialInJson(value)
      ? writeSpecialInJson(target, position, value)
      : writeFloat32(target, position, values, first + index);
  }
  return position;
}

/** JSON has no NaN and no infinities, and its readers take `-0` for the whole number 0. */
function isSpecialInJson(value: number): boolean {
  const isPlain = (value > 0 && value < Number.POSITIVE_INFINITY) || (value < 0 && value > Number.NEGATIVE_INFINITY);
  return !isPlain && !Object.is(value, 0);
}

function writeSpecialInJson(target: Uint8Array, position: number, value: number): number {
  return writeAscii(target, position, value === 0 ? "-0.0" : `"${value}"`);
}

function allCells(writeCell: CellWriter, leads: Leads): PreparedOutput["write"] {
  const width = leads.length;
  return (target, start, row) => {
    let position = start;
    for (let column = 0; column < width; column++) {
      position = writeBytes(target, position, leads[column] as Uint8Array);
      position = writeCell(target, position, row * width + column);
    }
    return position;
  };
}

export function cellWriter(data: OutputData, output: ScorerOutput, style: TextStyle): CellWriter {
  switch (output.type) {
    case "float16":
    case "float32":
    case "float64":
      return floatWriter(data as Float32Array | Float64Array, output, style);
    case "bool": {
      const values = data as Uint8Array;
      const [yes, no] = style.kind === "pandas" ? ["True", "False"] : ["true", "false"];
      return (target, position, index) => writeAscii(target, position, values[index] ? yes : no);
    }
    case "int64":
    case "uint64":
      return wideIntegerWriter(data as BigInt64Array | BigUint64Array);
    default: {
      const values = data as Int32Array;
      return (target, position, index) => writeInteger(target, position, values[index] as number);
    }
  }
}

function floatWriter(values: Float32Array | Float64Array, output: ScorerOutput, style: TextStyle): CellWriter {
  if (style.kind === "pandas") {
    // What is computed of float16 is none any more.
    const isHalf = output.type === "float16" && !output.softmax && output.normalize === undefined;
    const type: PandasFloat = values instanceof Float64Array ? "float64" : isHalf ? "float16" : "float32";
    return (target, position, index) => writePandasFloat(target, position, values, index, type);
  }
  const writeNumber: CellWriter =
    values instanceof Float32Array
      ? (target, position, index) => writeFloat32(target, position, values, index)
      : (target, position, index) => writeFloat64(target, position, values[index] as number);
  if (style.kind !== "json") return writeNumber;
  return (target, position, index) => {
    const value = values[index] as number;
    return isSpecialInJson(value) ? writeSpecialInJson(target, position, value) : writeNumber(target, position, index);
  };
}

/** 64-bit integers, exact; the small ones without making a BigInt. Typed arrays are little-endian wherever we run. */
function wideIntegerWriter(data: BigInt64Array | BigUint64Array): CellWriter {
  const low = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const high = data instanceof BigInt64Array ? new Int32Array(data.buffer, data.byteOffset, data.length * 2) : low;
  return (target, position, index) => {
    const upper = high[2 * index + 1] as number;
    // Within ±2^52 the two halves make an exact float64.
    if (upper < 0x100000 && upper >= -0x100000) {
      return writeInteger(target, position, upper * 0x100000000 + (low[2 * index] as number));
    }
    return writeAscii(target, position, String(data[index]));
  };
}

function textCells(
  data: readonly string[],
  width: number,
  style: TextStyle,
  leads: Leads,
  leadBytes: number,
): PreparedOutput {
  const cells = Array.from(data, (text) => textCellBytes(text, style));
  return {
    fixedBytes: leadBytes,
    floats: null,
    notNumbers: [],
    textBytes(row) {
      let bytes = 0;
      for (let index = row * width; index < (row + 1) * width; index++) bytes += (cells[index] as Buffer).length;
      return bytes;
    },
    write(target, start, row) {
      let position = start;
      for (let column = 0; column < width; column++) {
        const cell = cells[row * width + column] as Buffer;
        position = writeBytes(target, position, leads[column] as Uint8Array);
        target.set(cell, position);
        position += cell.length;
      }
      return position;
    },
  };
}
