/** Row boundaries are remembered once in so many rows: 1 million rows cost 4,000 numbers. */
const rowsPerMark = 256;

const lineFeed = 0x0a;
const quote = 0x22;

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
  insideQuotes: boolean;
  /** Byte position where the row that is being read starts. */
  currentRow: number;
};

/** What lines of a file are: rows each, or may some of them be a header or a piece of a quoted cell? */
export type LineRules = { readonly hasHeader: boolean; readonly hasQuotes: boolean };

export function newRowIndex(lines: LineRules): RowIndex {
  const firstRow = lines.hasHeader ? null : 0;
  return { lines, scannedBytes: 0, firstRow, completeRows: 0, marks: [], insideQuotes: false, currentRow: 0 };
}

/** Takes the bytes that follow `scannedBytes`. */
export function extendRowIndex(index: RowIndex, bytes: Uint8Array): void {
  let { insideQuotes, completeRows, firstRow, currentRow } = index;
  const { marks } = index;
  const { hasQuotes } = index.lines;
  const base = index.scannedBytes;
  for (let offset = 0; offset < bytes.length; offset += 1) {
    const byte = bytes[offset];
    if (byte === quote && hasQuotes) {
      // A doubled quote turns twice, which leaves the state as it was.
      insideQuotes = !insideQuotes;
    } else if (byte === lineFeed && !insideQuotes) {
      const next = base + offset + 1;
      if (firstRow === null) {
        firstRow = next;
      } else {
        if (completeRows % rowsPerMark === 0) marks.push(currentRow);
        completeRows += 1;
      }
      currentRow = next;
    }
  }
  index.insideQuotes = insideQuotes;
  index.completeRows = completeRows;
  index.firstRow = firstRow;
  index.currentRow = currentRow;
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
export function splitRows(bytes: Uint8Array, { hasQuotes }: LineRules, skip: number, limit: number): Uint8Array[] {
  const rows: Uint8Array[] = [];
  let insideQuotes = false;
  let start = 0;
  let seen = 0;
  for (let offset = 0; offset < bytes.length && rows.length < limit; offset += 1) {
    const byte = bytes[offset];
    if (byte === quote && hasQuotes) {
      insideQuotes = !insideQuotes;
    } else if (byte === lineFeed && !insideQuotes) {
      if (seen >= skip) rows.push(bytes.subarray(start, offset));
      seen += 1;
      start = offset + 1;
    }
  }
  return rows;
}
