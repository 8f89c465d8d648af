import type { ScorerOutput } from "../../electron/contract/scorer.ts";
import { bestFirst, softmaxRows } from "../scorers/ranking.ts";
import {
  float16ToNumber,
  maxNumberBytes,
  writeAscii,
  writeFloat32,
  writeFloat64,
  writeInteger,
} from "./number-text.ts";
import type { TextStyle } from "./text-cell.ts";
import { textCellBytes } from "./text-cell.ts";

/** What ONNX Runtime gives as the data of an output. */
export type OutputData = ArrayLike<number> | BigInt64Array | BigUint64Array | readonly string[];

/** One output of one run, ready to be written row by row. */
export type PreparedOutput = {
  /** Writes the row's cells with commas between them and returns the position after the last. */
  readonly write: (target: Uint8Array, position: number, row: number) => number;
  /** The most bytes of a row, texts of unknown length apart. */
  readonly fixedBytes: number;
  /** Bytes of a row's texts, null when the output has none. */
  readonly textBytes: ((row: number) => number) | null;
  /** The same cells as numbers, `width` a row, when they are just float32 as most outputs are; else null. */
  readonly floats: { readonly values: Float32Array; readonly width: number } | null;
};

/** Writes element `index` of an output and returns the position after it. */
type CellWriter = (target: Uint8Array, position: number, index: number) => number;

const comma = 44;

/** How one output becomes cells; made once a job. The function it returns takes the data of one run, `rows × width`. */
export function outputCells(
  output: ScorerOutput,
  style: TextStyle,
): (data: OutputData, rows: number) => PreparedOutput {
  const { width, type } = output;
  if (type === "string") return (data) => textCells(data as readonly string[], width, style);
  const isFloat = type === "float16" || type === "float32" || type === "float64";

  if (output.topK === 0) {
    const fixedBytes = width * (maxNumberBytes + 1);
    return (data, rows) => {
      const values = isFloat ? floats(output, data, rows) : data;
      if (values instanceof Float32Array) return floatCells(values, width, fixedBytes);
      return { fixedBytes, textBytes: null, floats: null, write: allCells(cellWriter(values, type), width) };
    };
  }

  const best = Math.min(output.topK, width);
  const labels = Array.from({ length: width }, (_, index) =>
    textCellBytes(output.labels?.[index] ?? String(index), style),
  );
  const longestLabel = labels.reduce((most, label) => Math.max(most, label.length), 0);
  const fixedBytes = best * (longestLabel + maxNumberBytes + 2);
  return (data, rows) => {
    const values = isFloat ? floats(output, data, rows) : data;
    const writeCell = cellWriter(values, type);
    const ranks = bestFirst(values as ArrayLike<number | bigint>, rows, width, best);
    const write = (target: Uint8Array, start: number, row: number): number => {
      let position = start;
      for (let rank = 0; rank < best; rank++) {
        const index = ranks[row * best + rank] as number;
        const label = labels[index] as Buffer;
        if (rank > 0) target[position++] = comma;
        target.set(label, position);
        position += label.length;
        target[position++] = comma;
        position = writeCell(target, position, row * width + index);
      }
      return position;
    };
    return { fixedBytes, textBytes: null, floats: null, write };
  };
}

/** A float output as float32 or float64, after softmax when that is asked for. */
function floats(output: ScorerOutput, data: OutputData, rows: number): Float32Array | Float64Array {
  // float16 comes as its bits.
  const values =
    output.type === "float16"
      ? Float32Array.from(data as Uint16Array, float16ToNumber)
      : (data as Float32Array | Float64Array);
  return output.softmax ? softmaxRows(values, rows, output.width) : values;
}

function floatCells(values: Float32Array, width: number, fixedBytes: number): PreparedOutput {
  const write = (target: Uint8Array, position: number, row: number): number =>
    writeFloats(target, position, values, row * width, width);
  return { fixedBytes, textBytes: null, floats: { values, width }, write };
}

/** Writes `width` values from `first` on, with commas between them, and returns the position after the last. */
export function writeFloats(
  target: Uint8Array,
  start: number,
  values: Float32Array,
  first: number,
  width: number,
): number {
  let position = writeFloat32(target, start, values, first);
  for (let index = first + 1; index < first + width; index++) {
    target[position++] = comma;
    position = writeFloat32(target, position, values, index);
  }
  return position;
}

function allCells(writeCell: CellWriter, width: number): PreparedOutput["write"] {
  if (width === 1) return writeCell;
  return (target, start, row) => {
    const first = row * width;
    let position = writeCell(target, start, first);
    for (let index = first + 1; index < first + width; index++) {
      target[position++] = comma;
      position = writeCell(target, position, index);
    }
    return position;
  };
}

function cellWriter(data: OutputData, type: ScorerOutput["type"]): CellWriter {
  switch (type) {
    case "float16":
    case "float32": {
      const values = data as Float32Array;
      return (target, position, index) => writeFloat32(target, position, values, index);
    }
    case "float64": {
      const values = data as Float64Array;
      return (target, position, index) => writeFloat64(target, position, values[index] as number);
    }
    case "bool": {
      const values = data as Uint8Array;
      return (target, position, index) => writeAscii(target, position, values[index] ? "true" : "false");
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

function textCells(data: readonly string[], width: number, style: TextStyle): PreparedOutput {
  const cells = Array.from(data, (text) => textCellBytes(text, style));
  return {
    fixedBytes: width,
    floats: null,
    textBytes(row) {
      let bytes = 0;
      for (let index = row * width; index < (row + 1) * width; index++) bytes += (cells[index] as Buffer).length;
      return bytes;
    },
    write(target, start, row) {
      let position = start;
      for (let index = row * width; index < (row + 1) * width; index++) {
        if (index > row * width) target[position++] = comma;
        target.set(cells[index] as Buffer, position);
        position += (cells[index] as Buffer).length;
      }
      return position;
    },
  };
}
