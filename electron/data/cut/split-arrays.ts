import { constants, inflateRawSync } from "node:zlib";
import { type ArrayFile, arraysFor, type StoredArray } from "../../contract/tensors/array-file.ts";
import { elementBytes, valuesIn } from "../../contract/tensors/npy-header.ts";
import { type Checked, readFully } from "../table-file.ts";
import type { RowRange } from "./split-parquet.ts";

/** The arrays of an open file that fill the inputs of those names. */
export function readArrays(
  opened: number,
  sizeBytes: number,
  inputs: readonly string[],
): Checked<readonly StoredArray[]> {
  const arrays = arraysFor(arrayFile(opened, sizeBytes), inputs);
  return "code" in arrays ? { ok: false, problem: arrays } : { ok: true, value: arrays };
}

/** The same of arrays whose first axis is the items: entries that hold nothing could be any number. */
export function readAxisArrays(
  opened: number,
  sizeBytes: number,
  inputs: readonly string[],
): Checked<readonly StoredArray[]> {
  const arrays = readArrays(opened, sizeBytes, inputs);
  if (!arrays.ok || arrays.value.every((array) => array.header.shape.length > 0 && bytesOfRow(array) > 0))
    return arrays;
  return { ok: false, problem: { code: "array-wrong-shape", message: "The array has no axis of items with values." } };
}

function arrayFile(opened: number, sizeBytes: number): ArrayFile {
  return {
    sizeBytes,
    readAt(position, length) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, sizeBytes - position)));
      return bytes.subarray(0, readFully(opened, bytes, 0, bytes.length, position));
    },
    inflateBeginning(packed) {
      try {
        return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
      } catch {
        return undefined;
      }
    },
  };
}

/** Entries of the arrays' first axis, as the first array says. */
export function axisLength([first]: readonly StoredArray[]): number {
  return first?.header.shape[0] ?? 0;
}

export type AxisLimits = { readonly sliceBytes: number; readonly rowMultiple: number; readonly mostRows: number };

/**
 * Cuts the first axis of a file's arrays into ranges of about `sliceBytes`, at multiples of `rowMultiple`. Arrays that lie there
 * entry by entry are cut. Others have to be unpacked or turned from the beginning for each piece, and are cut only where
 * a mini-batch would hold more than `mostRows`.
 */
export function* axisRanges(arrays: readonly StoredArray[], limits: AxisLimits): Generator<RowRange> {
  const items = axisLength(arrays);
  const rowBytes = arrays.reduce((sum, array) => sum + bytesOfRow(array), 0);
  const wanted = arrays.every(lieInOrder) ? Math.ceil((items * rowBytes) / limits.sliceBytes) : 1;
  const pieces = Math.max(1, wanted, Math.ceil(items / limits.mostRows));
  const rows = Math.ceil(items / pieces / limits.rowMultiple) * limits.rowMultiple;
  for (let done = 0; done < items; done += rows) {
    const taken = Math.min(rows, items - done);
    yield { firstRow: 1 + done, items: taken, bytes: taken * rowBytes };
  }
}

function bytesOfRow({ header }: StoredArray): number {
  return valuesIn(header.shape.slice(1)) * elementBytes[header.type];
}

function lieInOrder({ header, entry }: StoredArray): boolean {
  return entry?.isDeflated !== true && (!header.isFortran || header.shape.length < 2);
}
