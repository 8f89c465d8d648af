import {
  nextRecordEnd,
  type RecordSearch,
  type RecordStyle,
  searchRecords,
} from "../contract/tables/written-records.ts";

/** Row boundaries are remembered once in so many rows: 1 million rows cost 4,000 numbers. */
const rowsPerMark = 256;

/**
 * Where rows of a file of text start, as far as it has been read. Rows are counted without the header; where quotes may
 * hold line breaks, a line feed inside them is part of its row. Fed with the file's bytes in order, so that a growing
 * file is never read twice.
 */
export type RowIndex = {
  readonly lines: LineRules;
  /** Byte position after which nothing has been read. */
  scannedBytes: number;
  /** Byte position where row 0 starts; null until the header's line end was seen. */
  firstRow: number | null;
  /** Rows whose line end was seen. */
  completeRows: number;
  /** Byte position of row `n × rowsPerMark`. */
  readonly marks: number[];
  readonly search: RecordSearch;
  /** Byte position where the row that is being read starts. */
  currentRow: number;
};

/** What lines of a file are: rows each, or may some of them be a header or a piece of a quoted cell? */
export type LineRules = { readonly hasHeader: boolean; readonly style: RecordStyle };

export function newRowIndex(lines: LineRules): RowIndex {
  const firstRow = lines.hasHeader ? null : 0;
  const search = searchRecords(lines.style);
  return { lines, scannedBytes: 0, firstRow, completeRows: 0, marks: [], search, currentRow: 0 };
}

/** Takes the bytes that follow `scannedBytes`. */
export function extendRowIndex(index: RowIndex, bytes: Uint8Array): void {
  const { marks, search } = index;
  const base = index.scannedBytes;
  for (let end = nextRecordEnd(search, bytes, 0); end !== -1; end = nextRecordEnd(search, bytes, end)) {
    if (index.firstRow === null) {
      index.firstRow = base + end;
    } else {
      if (index.completeRows % rowsPerMark === 0) marks.push(index.currentRow);
      index.completeRows += 1;
    }
    index.currentRow = base + end;
  }
  index.scannedBytes = base + bytes.length;
}

/** The last known row boundary at or before `row`, which must be below `completeRows`. */
export function markBefore(index: RowIndex, row: number): { readonly row: number; readonly position: number } {
  const mark = Math.floor(row / rowsPerMark);
  const position = index.marks[mark];
  if (position === undefined) throw new Error(`Row ${row} is not in the index.`);
  return { row: mark * rowsPerMark, position };
}

/** A known row boundary at or after the start of row `row`, which must be at most `completeRows`. */
export function boundaryAfter(index: RowIndex, row: number): number {
  return index.marks[Math.ceil(row / rowsPerMark)] ?? index.currentRow;
}

/** Cuts bytes that start at a row boundary into rows, without their line ends; an unfinished last row is left out. */
export function splitRows(bytes: Uint8Array, { style }: LineRules, skip: number, limit: number): Uint8Array[] {
  const search = searchRecords(style);
  const rows: Uint8Array[] = [];
  let start = 0;
  for (let seen = 0; rows.length < limit; seen += 1) {
    const end = nextRecordEnd(search, bytes, start);
    if (end === -1) break;
    if (seen >= skip) rows.push(bytes.subarray(start, end - 1));
    start = end;
  }
  return rows;
}
