import type { TabularBlock } from "../readers/block.ts";
import { nullCell } from "../readers/block.ts";
import { maxNumberBytes, writeInteger } from "./number-text.ts";
import type { PreparedOutput } from "./output-cells.ts";
import type { RecordWriter } from "./segment.ts";
import type { TextStyle } from "./text-cell.ts";
import { mostTextBytes, writeTextCell } from "./text-cell.ts";

const comma = 44;
const lineFeed = 10;

/** The first cells of a row: which input item it belongs to. Rows are those of a block, or files of a frame. */
export type RowIdentity = {
  /** The most bytes that `write` may take for this row. */
  readonly mostBytes: (row: number) => number;
  /** Writes the cells with commas between them and returns the position after the last. */
  readonly write: (target: Uint8Array, position: number, row: number) => number;
};

/** `keep` cells, or `file` and `row`, of the rows of a block. `fileCell` is the file's name as a finished cell. */
export function tableIdentity(block: TabularBlock, fileCell: Buffer, style: TextStyle): RowIdentity {
  const { keep, rowNumbers } = block;
  if (keep.length === 0) {
    const most = fileCell.length + 1 + maxNumberBytes;
    return {
      mostBytes: () => most,
      write(target, start, row) {
        let position = writeBytes(target, start, fileCell);
        target[position++] = comma;
        position = writeInteger(target, position, rowNumbers[row] as number);
        return position;
      },
    };
  }
  return {
    mostBytes(row) {
      let most = 0;
      for (const cells of keep) {
        const start = cells.starts[row] as number;
        most += start === nullCell ? 1 : mostTextBytes((cells.ends[row] as number) - start) + 1;
      }
      return most;
    },
    write(target, start, row) {
      let position = start;
      for (let index = 0; index < keep.length; index++) {
        if (index > 0) target[position++] = comma;
        const cells = keep[index] as TabularBlock["keep"][number];
        const from = cells.starts[row] as number;
        if (from !== nullCell) {
          position = writeTextCell(target, position, cells.bytes, from, cells.ends[row] as number, style);
        }
      }
      return position;
    },
  };
}

/** `file` alone, of pictures: one finished cell a row. */
export function fileIdentity(fileCells: readonly Buffer[]): RowIdentity {
  return {
    mostBytes: (row) => (fileCells[row] as Buffer).length,
    write: (target, position, row) => writeBytes(target, position, fileCells[row] as Buffer),
  };
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
    let most = fixedBytes + identity.mostBytes(row);
    if (hasText) for (const output of outputs) most += output.textBytes?.(row - from) ?? 0;
    if (position + most > chunk.length) {
      record.position = position;
      record.reserve(most);
      chunk = record.chunk;
      position = record.position;
    }
    position = identity.write(chunk, position, row);
    for (let index = 0; index < outputs.length; index++) {
      chunk[position++] = comma;
      position = (outputs[index] as PreparedOutput).write(chunk, position, row - from);
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
