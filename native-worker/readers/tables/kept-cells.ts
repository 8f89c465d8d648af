import { nullCell } from "../block.ts";

/** The cells of one kept column, copied out of the window that they were read into. */
export type KeptCells = {
  bytes: Uint8Array;
  /** The cell of a row begins where that of the row before it ends. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
};

export function createKeptCells(capacity: number): KeptCells {
  return {
    bytes: new Uint8Array(capacity * 16),
    starts: new Uint32Array(capacity),
    ends: new Uint32Array(capacity),
  };
}

/** Up to this length a loop is faster than `set`. */
export const shortText = 40;

/** Keeps `from[start..end)`, taken as it is, as the cell of `row`. */
export function keepCell(cells: KeptCells, row: number, from: Uint8Array, start: number, end: number): void {
  const position = row === 0 ? 0 : (cells.ends[row - 1] as number);
  const length = end - start;
  if (cells.bytes.length < position + length) makeRoom(cells, position, length);
  const { bytes } = cells;
  if (length <= shortText) {
    for (let index = 0; index < length; index++) bytes[position + index] = from[start + index] as number;
  } else {
    bytes.set(from.subarray(start, end), position);
  }
  cells.starts[row] = position;
  cells.ends[row] = position + length;
}

/** Keeps no value at all as the cell of `row`. */
export function keepNull(cells: KeptCells, row: number): void {
  cells.starts[row] = nullCell;
  cells.ends[row] = row === 0 ? 0 : (cells.ends[row - 1] as number);
}

function makeRoom(cells: KeptCells, used: number, length: number): void {
  const larger = new Uint8Array(Math.max(cells.bytes.length * 2, used + length));
  larger.set(cells.bytes.subarray(0, used));
  cells.bytes = larger;
}
