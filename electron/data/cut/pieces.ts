import type { FileCopy, MiniBatchPart } from "../../contract/nouns/mini-batch.ts";
import type { CsvDialect } from "../../contract/tables/csv.ts";
import type { ListedFile } from "../listing/listing.ts";
import type { FileProblem } from "../table-file.ts";
import type { Slice } from "./split-text.ts";

/** A part of the plan before it is in a mini-batch. */
export type Piece = {
  readonly part: MiniBatchPart;
  /** The one piece of its file. */
  readonly isWholeFile: boolean;
  /** What it weighs when small neighbours are joined. */
  readonly bytes: number;
};

/** What a worker has to know of a file to open that one and no other. */
function listedFacts({ path, ...facts }: ListedFile): Pick<MiniBatchPart, "file" | keyof Omit<ListedFile, "path">> {
  return { file: path, ...facts };
}

export function wholePiece(file: ListedFile, content = file, copy?: FileCopy): Piece {
  return {
    part: {
      ...listedFacts(file),
      ...(copy === undefined ? {} : { copy }),
      start: 0,
      end: content.sizeBytes,
      firstRow: 1,
      items: 1,
      problem: null,
    },
    isWholeFile: true,
    bytes: content.sizeBytes,
  };
}

/** A file of which nothing can be read counts as one item. */
export function problemPiece(file: ListedFile, problem: FileProblem): Piece {
  const whole = wholePiece(file);
  return { ...whole, part: { ...whole.part, problem: { stage: "read", ...problem } } };
}

export function slicePiece(
  { file, copy }: { readonly file: ListedFile; readonly copy?: FileCopy },
  slice: Slice,
  dialect: CsvDialect | undefined,
  isWholeFile: boolean,
): Piece {
  const part: MiniBatchPart = {
    ...listedFacts(file),
    ...(copy === undefined ? {} : { copy }),
    start: slice.start,
    end: slice.end,
    firstRow: slice.firstRow,
    items: slice.items,
    ...(dialect === undefined ? {} : { dialect }),
    problem: null,
  };
  return { part, isWholeFile, bytes: slice.end - slice.start };
}
