import type { InputPicture } from "./pictures/back-to-input.ts";
import type { RecordWriter } from "./segment.ts";
import type { Words } from "./word-writer.ts";

/** What ONNX Runtime gives as the data of an output. */
export type OutputData = ArrayLike<number> | BigInt64Array | BigUint64Array | readonly string[];

/** One output of one run, ready to be written row by row. */
export type PreparedOutput = {
  /** Writes the row's cells, each after its lead, and returns the position after the last. */
  readonly write: (target: Uint8Array, position: number, row: number) => number;
  /** The most bytes of a row, texts of unknown length apart. */
  readonly fixedBytes: number;
  /** Bytes of a row's texts, null when the output has none. */
  readonly textBytes: ((row: number) => number) | null;
  /** The same cells as numbers when they are just float32, as most outputs are; else null. */
  readonly floats: PlainFloats | null;
  /** In place of `write`, for cells that may be long: appends the row's cell behind its lead, piece by piece. */
  readonly append?: (record: RecordWriter, row: number) => void;
  /** The file that the row's cell names; left out: it names none. */
  readonly fileOf?: (row: number) => ItemFile;
  /** The first score of each row that is NaN or infinite, by row; empty when there is none, and for other types. */
  readonly notNumbers: readonly NotANumber[];
};

/** A file that a cell names: its path relative to the output folder, and its bytes, one piece behind another. */
export type ItemFile = { readonly path: string; readonly pieces: readonly Uint8Array[] };

/** A score that is no number: the row that it is in, the column, and what it is. */
export type NotANumber = { readonly row: number; readonly column: string; readonly value: number };

/** float32 values, `width` a row, between commas or behind JSON keys. */
export type PlainFloats = {
  readonly values: Float32Array;
  readonly width: number;
  readonly keys: readonly Words[] | null;
};

/** Where the item of a row is: a file, or a row of one. */
export type ItemPlace = {
  readonly file: string;
  readonly row: number | null;
  /** Of a picture that is scored, where it is at hand. */
  readonly picture?: InputPicture;
};

/** What a run gave for one output; `dims` begin with the rows. */
export type OutputValues = { readonly data: OutputData; readonly dims: readonly number[] };

/** Turns what a run gave for one output, `rows` rows of it, into cells. */
export type PrepareOutput = (values: OutputValues, rows: number, placeOf: (row: number) => ItemPlace) => PreparedOutput;
