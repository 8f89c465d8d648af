import {
  type CsvDialect,
  createRecordScanner,
  lineFeed,
  maxRecordBytes,
  type RecordRest,
  scanRecord,
  setScannerWindow,
} from "../../contract/tables/csv.ts";
import { type ByteSource, readFully } from "../table-file.ts";

/** A run of whole records: bytes `start`..`end` of the file (end exclusive), `items` records, first of them `firstRow`. */
export type Slice = {
  readonly start: number;
  readonly end: number;
  readonly firstRow: number;
  readonly items: number;
};

export type SliceLimits = {
  /** A slice ends with the record that reaches so many bytes; Infinity: it does not end for its bytes. */
  readonly bytes: number;
  /** Records in a slice at most; where slices differ, by the number of the slice. */
  readonly rows: number | ((slice: number) => number);
  /** A slice that is not the last of its file holds a multiple of so many records. */
  readonly rowMultiple: number;
};

const windowBytes = 4 * 1024 * 1024;
/** Whatever a record is, it shows in a window that holds more of it than may be. */
const largestWindow = maxRecordBytes + windowBytes;

/**
 * Cuts a file of records (delimited text; JSON lines when `dialect` is null) from byte `from` up to byte `to`.
 *
 * Where a slice ends depends on the file, the limits and the slice's own start only, so cutting may stop after any
 * slice and go on later from its `end` with the same result. A slice that would end between two multiples of
 * `rowMultiple` records runs on to the next. The last slice reaches to the end of the file; what is
 * left behind it would have no record. Reads sequentially, in bounded memory.
 */
export function* splitText(
  file: ByteSource,
  from: number,
  to: number,
  firstRow: number,
  dialect: CsvDialect | null,
  limits: SliceLimits,
): Generator<Slice> {
  let window = Buffer.allocUnsafe(Math.min(windowBytes, Math.max(1, to - from)));
  /** Position in the file of the window's first byte. */
  let base = from;
  let end = 0;
  let at = 0;
  let rest: RecordRest | null = null;
  let slice = { start: from, firstRow, items: 0 };
  let slices = 0;
  let most = maxRows(limits, slices);
  const scanner = createRecordScanner(dialect, (block, position) =>
    readFully(file, block, 0, Math.max(0, Math.min(block.length, to - base - position)), base + position),
  );

  for (;;) {
    // The rest of a record that is too long may begin behind the window.
    if (at > 0 && at < end) window.copyWithin(0, at, end);
    base += at;
    end = Math.max(0, end - at);
    at = 0;
    if (end === window.length && base + end < to) {
      const larger = Buffer.allocUnsafe(Math.min(window.length * 2, largestWindow));
      window.copy(larger, 0, 0, end);
      window = larger;
    }
    const wanted = Math.min(window.length - end, to - base - end);
    const read = readFully(file, window, end, wanted, base + end);
    end += read;
    // A file that has become shorter ends here; whoever reads the slices notices.
    const isLast = read < wanted || base + end >= to;
    setScannerWindow(scanner, window, end, isLast);

    while (at < end) {
      if (rest === "line") {
        const found = window.indexOf(lineFeed, at);
        const isFound = found !== -1 && found < end;
        at = isFound ? found + 1 : end;
        if (!isFound && !isLast) break;
        rest = null;
      } else {
        const outcome = scanRecord(scanner, at, rest !== null);
        if (outcome === "incomplete") break;
        if (outcome !== "blank" && rest === null) slice.items += 1;
        at = scanner.next;
        rest = outcome === "overlong" ? scanner.rest : null;
        if (rest !== null) break;
      }
      const position = base + at;
      const isFull =
        slice.items >= most || (position - slice.start >= limits.bytes && to - position >= limits.bytes / 2);
      if (isFull && position < to && slice.items > 0 && slice.items % limits.rowMultiple === 0) {
        yield { ...slice, end: position };
        slice = { start: position, firstRow: slice.firstRow + slice.items, items: 0 };
        slices += 1;
        most = maxRows(limits, slices);
      }
    }
    if (base + at >= to || (isLast && at >= end)) {
      if (slice.items > 0) yield { ...slice, end: to };
      return;
    }
  }
}

function maxRows({ rows }: SliceLimits, slice: number): number {
  return typeof rows === "number" ? rows : rows(slice);
}
