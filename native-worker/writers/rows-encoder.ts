import type { TabularBlock } from "../readers/block.ts";
import { nullCell } from "../readers/block.ts";
import { maxNumberBytes, writeInteger } from "./number-text.ts";
import type { PreparedOutput } from "./prepared-output.ts";
import { writeFloats, writeFloatsInJson } from "./output-cells.ts";
import { type RowLayout, writeBytes } from "./row-layout.ts";
import type { RecordWriter } from "./segment.ts";
import type { TextStyle } from "./text-cell.ts";
import { maxTextBytes, writeTextCell } from "./text-cell.ts";
import { type Words, wordsOverrun, writeWords } from "./word-writer.ts";

const lineFeed = 10;
const closingBrace = 125;
const lineEndBytes = 2;
const nullText = Buffer.from("null");

/** The first cells of a row: which input item it belongs to. Rows are those of a block, or files of a frame. */
export type RowIdentity =
  /** `keep` cells of the rows of a block. */
  | { readonly kind: "kept"; readonly keep: TabularBlock["keep"]; readonly style: TextStyle }
  /** `file` and `row` of the rows of a block. */
  | { readonly kind: "row"; readonly fileCell: Buffer; readonly rowNumbers: Uint32Array }
  /** `file` alone, of pictures: one finished cell a row. */
  | { readonly kind: "file"; readonly fileCells: readonly Buffer[] };

/** `keep` cells, or `file` and `row`, of the rows of a block. `fileCell` is the file's name as a finished cell. */
export function tableIdentity(block: TabularBlock, fileCell: Buffer, style: TextStyle): RowIdentity {
  const { keep, rowNumbers } = block;
  return keep.length === 0 ? { kind: "row", fileCell, rowNumbers } : { kind: "kept", keep, style };
}

/** The most bytes that the cells of a row's identity may take, their leads apart. */
function maxIdentityBytes(identity: RowIdentity, row: number): number {
  if (identity.kind === "row") return identity.fileCell.length + maxNumberBytes;
  if (identity.kind === "file") return (identity.fileCells[row] as Buffer).length;
  const { keep, style } = identity;
  let max = 0;
  for (let index = 0; index < keep.length; index++) {
    const { starts, ends } = keep[index] as TabularBlock["keep"][number];
    const start = starts[row] as number;
    max += start === nullCell ? nullText.length : maxTextBytes((ends[row] as number) - start, style);
  }
  return max;
}

/** Writes the cells that come before the outputs with separators between them, and returns the position after the last. */
function writeIdentity(
  target: Uint8Array,
  start: number,
  identity: RowIdentity,
  row: number,
  { separator, isMlflow }: RowLayout,
): number {
  if (identity.kind === "row") {
    const number = identity.rowNumbers[row] as number;
    if (isMlflow) return writeInteger(target, start, number - 1);
    const position = writeBytes(target, start, identity.fileCell);
    target[position] = separator;
    return writeInteger(target, position + 1, number);
  }
  if (identity.kind === "file") {
    return isMlflow ? start : writeBytes(target, start, identity.fileCells[row] as Buffer);
  }
  const { keep, style } = identity;
  let position = start;
  for (let index = 0; index < keep.length; index++) {
    if (index > 0) target[position++] = separator;
    const { bytes, starts, ends } = keep[index] as TabularBlock["keep"][number];
    const from = starts[row] as number;
    if (from !== nullCell) position = writeTextCell(target, position, bytes, from, ends[row] as number, style);
  }
  return position;
}

/** The same in JSON: each cell behind its key. `view` is a view of `target`. */
function writeIdentityInJson(
  target: Uint8Array,
  view: DataView,
  start: number,
  identity: RowIdentity,
  row: number,
  keys: readonly Words[],
): number {
  if (identity.kind === "kept") {
    const { keep, style } = identity;
    let position = start;
    for (let index = 0; index < keep.length; index++) {
      position = writeWords(view, position, keys[index] as Words);
      const { bytes, starts, ends } = keep[index] as TabularBlock["keep"][number];
      const from = starts[row] as number;
      position =
        from === nullCell
          ? writeBytes(target, position, nullText)
          : writeTextCell(target, position, bytes, from, ends[row] as number, style);
    }
    return position;
  }
  let position = writeWords(view, start, keys[0] as Words);
  if (identity.kind === "file") return writeBytes(target, position, identity.fileCells[row] as Buffer);
  position = writeBytes(target, position, identity.fileCell);
  position = writeWords(view, position, keys[1] as Words);
  return writeInteger(target, position, identity.rowNumbers[row] as number);
}

/** Writes the file's name after the outputs, where MLflow folders have it. */
function writeFileLast(
  target: Uint8Array,
  start: number,
  identity: RowIdentity,
  row: number,
  lead: Uint8Array,
): number {
  if (identity.kind === "kept") throw new Error("a row with kept columns names no file");
  const position = writeBytes(target, start, lead);
  return writeBytes(
    target,
    position,
    identity.kind === "row" ? identity.fileCell : (identity.fileCells[row] as Buffer),
  );
}

/** Rows to write: `from`..`to` of `identity`; the first row of `outputs` is row `outputsFrom`. */
export type RowsToWrite = {
  readonly identity: RowIdentity;
  readonly outputs: readonly PreparedOutput[];
  readonly outputsFrom: number;
  readonly from: number;
  readonly to: number;
};

/** Appends the predictions of rows: the identity of each, then every output. */
export function encodeRows(
  record: RecordWriter,
  layout: RowLayout,
  { identity, outputs, outputsFrom, from, to }: RowsToWrite,
): void {
  let hasText = false;
  let fixedBytes = lineEndBytes + wordsOverrun;
  for (const lead of layout.leads) fixedBytes += lead.length;
  for (const output of outputs) {
    fixedBytes += output.fixedBytes;
    hasText ||= output.textBytes !== null;
  }
  const lastLead = layout.leads[layout.leads.length - 1] as Uint8Array;
  const { keys } = layout;
  let { chunk, position } = record;
  let view = viewOf(chunk);
  for (let row = from; row < to; row++) {
    let max = fixedBytes + maxIdentityBytes(identity, row);
    if (hasText) for (const output of outputs) max += output.textBytes?.(row - outputsFrom) ?? 0;
    if (position + max > chunk.length) {
      record.position = position;
      record.reserve(max);
      chunk = record.chunk;
      view = viewOf(chunk);
      position = record.position;
    }
    position =
      keys === null
        ? writeIdentity(chunk, position, identity, row, layout)
        : writeIdentityInJson(chunk, view, position, identity, row, keys);
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs[index] as PreparedOutput;
      const { floats } = output;
      if (output.append !== undefined) {
        record.position = position;
        output.append(record, row - outputsFrom);
        record.reserve(max);
        chunk = record.chunk;
        view = viewOf(chunk);
        position = record.position;
      } else if (floats === null) position = output.write(chunk, position, row - outputsFrom);
      else {
        const { values, width } = floats;
        const first = (row - outputsFrom) * width;
        position =
          floats.keys === null
            ? writeFloats(chunk, position, values, first, width)
            : writeFloatsInJson(chunk, view, position, values, first, floats.keys);
      }
    }
    if (layout.isMlflow) position = writeFileLast(chunk, position, identity, row, lastLead);
    if (keys !== null) chunk[position++] = closingBrace;
    chunk[position++] = lineFeed;
  }
  record.position = position;
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
