import { closeSync } from "node:fs";
import type { ListedFile } from "../listing/listing.ts";
import { unreadable } from "../table-file.ts";
import { type Piece, problemPiece, slicePiece } from "./pieces.ts";
import { axisLength, axisRanges, type AxisLimits, readAxisArrays } from "./split-arrays.ts";

type ArrayLimits = AxisLimits & { readonly arrays?: readonly string[] | undefined };

/** Entries of a file's arrays, from row `firstWanted` (1-based) on. Closes `opened`. */
export function* cutArrays(
  file: ListedFile,
  opened: number,
  firstWanted: number,
  { arrays: inputs = [], ...limits }: ArrayLimits,
): Generator<Piece> {
  try {
    const arrays = readAxisArrays(opened, file.sizeBytes, inputs);
    if (!arrays.ok) {
      yield problemPiece(file, arrays.problem);
      return;
    }
    for (const { firstRow, items, bytes } of axisRanges(arrays.value, limits)) {
      if (firstRow < firstWanted) continue;
      const isWholeFile = firstRow === 1 && items === axisLength(arrays.value);
      yield { ...slicePiece({ file }, { start: 0, end: 0, firstRow, items }, undefined, isWholeFile), bytes };
    }
  } catch (error) {
    yield problemPiece(file, unreadable(error));
  } finally {
    closeSync(opened);
  }
}
