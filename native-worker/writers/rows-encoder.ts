import type { TabularBlock } from "../readers/block.ts";
import { nullCell } from "../readers/block.ts";
import { maxNumberBytes, writeInteger } from "./number-text.ts";
import type { PreparedOutput } from "./output-cells.ts";
import { writeFloats } from "./output-cells.ts";
import type { RecordWriter } from "./segment.ts";
import type { TextStyle } from "./text-cell.ts";
import { mostTextBytes, writeTextCell } from "./text-cell.ts";

const comma = 44;
const lineFeed = 10;

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

/** The most bytes that `writeIdentity` may take for a row. */
function mostIdentityBytes(identity: RowIdentity, row: number): number {
  if (identity.kind === "row") return identity.fileCell.length + 1 + maxNumberBytes;
  if (identity.kind === "file") return (identity.fileCells[row] as Buffer).length;
  const { keep } = identity;
  let most = 0;
  for (let index = 0; index < keep.length; index++) {
    const { starts, ends } = keep[index] as TabularBlock["keep"][number];
    const start = starts[row] as number;
    most += start === nullCell ? 1 : mostTextBytes((ends[row] as number) - start) + 1;
  }
  return most;
}

/** Writes the cells with commas between them and returns the position after the last. */
function writeIdentity(target: Uint8Array, start: number, identity: RowIdentity, row: number): number {
  if (identity.kind === "row") {
    const position = writeBytes(target, start, identity.fileCell);
    target[position] = comma;
    return writeInteger(target, position + 1, identity.rowNumbers[row] as number);
  }
  if (identity.kind === "file") return writeBytes(target, start, identity.fileCells[row] as Buffer);
  const { keep, style } = identity;
  let position = start;
  for (let index = 0; index < keep.length; index++) {
    if (index > 0) target[position++] = comma;
    const { bytes, starts, ends } = keep[index] as TabularBlock["keep"][number];
    const from = starts[row] as number;
    if (from !== nullCell) position = writeTextCell(target, position, bytes, from, ends[row] as number, style);
  }
  return position;
}

/**
 * Appends the predictions of rows `from`..`to`: the identity of each, then every output. `outputs` hold these rows
 * alone, so their first row is `from`.
 */
export function encodeRows(
  record: RecordWriter,
  identity: RowIdentity,
  outputs: readonly PreparedOutput[],
  from: number,
  to: number,
): void {
  let fixedBytes = 1;
  let hasText = false;
  for (const output of outputs) {
    fixedBytes += output.fixedBytes + 1;
    hasText ||= output.textBytes !== null;
  }
  let { chunk, position } = record;
  for (let row = from; row < to; row++) {
    let most = fixedBytes + mostIdentityBytes(identity, row);
    if (hasText) for (const output of outputs) most += output.textBytes?.(row - from) ?? 0;
    if (position + most > chunk.length) {
      record.position = position;
      record.reserve(most);
      chunk = record.chunk;
      position = record.position;
    }
    position = writeIdentity(chunk, position, identity, row);
    for (let index = 0; index < outputs.length; index++) {
      chunk[position++] = comma;
      const output = outputs[index] as PreparedOutput;
      const { floats } = output;
      if (floats === null) position = output.write(chunk, position, row - from);
      else position = writeFloats(chunk, position, floats.values, (row - from) * floats.width, floats.width);
    }
    chunk[position++] = lineFeed;
  }
  record.position = position;
}

function writeBytes(target: Uint8Array, position: number, bytes: Uint8Array): number {
  const { length } = bytes;
  for (let index = 0; index < length; index++) target[position + index] = bytes[index] as number;
  return position + length;
}
