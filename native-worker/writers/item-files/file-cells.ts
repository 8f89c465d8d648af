import type { ScorerOutput } from "../../../electron/contract/nouns/scorers/scorer-parts.ts";
import type { TensorType } from "../../../electron/contract/signature.ts";
import { floats, notNumbersOfArray } from "../output-cells.ts";
import { numbersOf } from "../output-numbers.ts";
import type { pictureFile } from "../pictures/picture-file.ts";
import type { ItemPlace, OutputValues, PrepareOutput } from "../prepared-output.ts";
import { writeBytes } from "../row-layout.ts";
import { type TextStyle, textCellBytes } from "../text-cell.ts";
import { itemFilePath } from "./names.ts";
import { npyHeader } from "./npy.ts";

/** Of what a run gave, the contents of a row's file, one piece behind another. */
type ContentsOf = (values: OutputValues, rows: number) => (row: number, place: ItemPlace) => readonly Uint8Array[];

/** Loaded only by jobs that write pictures: it brings canvas along. */
export type EncodePicture = typeof pictureFile;

/** Cells that are the paths of files. */
export function fileCells(
  output: ScorerOutput,
  ending: string,
  contentsOf: ContentsOf,
  style: TextStyle,
  lead: Uint8Array,
): PrepareOutput {
  const folder = output.image === undefined ? "arrays" : "images";
  return (values, rows, placeOf) => {
    const contents = contentsOf(values, rows);
    const paths = Array.from({ length: rows }, (_, row) => itemFilePath(folder, output.name, placeOf(row), ending));
    const cells = paths.map((path) => textCellBytes(path, style));
    return {
      write: (target, position, row) =>
        writeBytes(target, writeBytes(target, position, lead), cells[row] as Uint8Array),
      fixedBytes: lead.length,
      textBytes: (row) => (cells[row] as Uint8Array).length,
      floats: null,
      fileOf: (row) => ({ path: paths[row] as string, pieces: contents(row, placeOf(row)) }),
      notNumbers: notNumbersOfArray(output, values.data, rows),
    };
  };
}

/** An .npy file with the values as the model gave them, or divided by their length. */
export function arrayContents(output: ScorerOutput, type: Exclude<TensorType, "string">): ContentsOf {
  return ({ data, dims }, rows) => {
    const header = npyHeader(type, dims.slice(1));
    const values = output.normalize ? floats({ ...output, width: data.length / rows }, data, rows) : data;
    const { buffer, byteOffset, byteLength } = values as ArrayBufferView;
    const rowBytes = byteLength / rows;
    return (row) => [header, new Uint8Array(buffer, byteOffset + row * rowBytes, rowBytes)];
  };
}

/** A picture of the values. */
export function pictureContents(
  { type, image }: { readonly type: TensorType; readonly image: NonNullable<ScorerOutput["image"]> },
  encode: EncodePicture,
): ContentsOf {
  return ({ data, dims }, rows) => {
    const numbers = numbersOf({ type, data, dims }).data as Float32Array;
    const width = numbers.length / rows;
    return (row, { picture = null }) => {
      return [encode(image, numbers.subarray(row * width, (row + 1) * width), dims.slice(1), picture)];
    };
  };
}
