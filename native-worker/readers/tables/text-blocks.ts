import { lineFeed, type RecordRest, type RecordScanner, scanRecord } from "../../../electron/contract/tables/csv.ts";
import type { RecordReader, TabularPart } from "../record-reader.ts";
import { changed } from "../source-file.ts";
import { type ByteWindow, moveWindow } from "./tabular-window.ts";
import type { RowCollector } from "./row-collector.ts";

/** How far the records of a part of a text file are read. */
export type TextCursor = {
  /** Where the next record starts in the window. */
  at: number;
  /** The item that the next record is. */
  item: number;
  /** The rest of a record that is too long is passed over; null: there is none. */
  rest: RecordRest | null;
};

export function createTextCursor(): TextCursor {
  return { at: 0, item: 0, rest: null };
}

/**
 * Blocks of the records of a text file. `readRecords` reads up to item `until`, as far as the window goes, and moves the
 * cursor; `onMoved` is called when the window holds other bytes.
 */
export function readTextBlocks(
  collector: RowCollector,
  { part, range }: TabularPart,
  window: ByteWindow,
  cursor: TextCursor,
  scanner: RecordScanner,
  readRecords: (until: number) => void,
  onMoved: () => void,
): RecordReader {
  /** Moves on to item `until`; false when the piece of the file ended before it. */
  const advance = (until: number): boolean => {
    while (cursor.item < until) {
      while (cursor.rest !== null && cursor.at < window.length) if (!passRest(cursor, window, scanner)) break;
      if (cursor.rest === null) readRecords(until);
      if (cursor.item >= until) return true;
      if (window.isLast && cursor.at >= window.length) return false;
      moveWindow(window, cursor.at);
      cursor.at = 0;
      onMoved();
    }
    return true;
  };

  return {
    async readBlock() {
      if (cursor.item >= range.end) return null;
      if (cursor.item < range.start && !advance(range.start)) return changed;
      const firstItem = cursor.item;
      const until = Math.min(range.end, firstItem + collector.capacity);
      collector.start(firstItem, part.firstRow + firstItem);
      if (!advance(until) || window.isShort) return changed;
      return collector.finish(until - firstItem);
    },
    close: async () => undefined,
  };
}

/** Passes over more of a record that is too long; false when the window must move first. */
function passRest(cursor: TextCursor, window: ByteWindow, scanner: RecordScanner): boolean {
  if (cursor.rest === "line") {
    const found = window.bytes.indexOf(lineFeed, cursor.at);
    const isFound = found !== -1 && found < window.length;
    cursor.at = isFound ? found + 1 : window.length;
    cursor.rest = isFound ? null : "line";
    return isFound;
  }
  const outcome = scanRecord(scanner, cursor.at, true);
  if (outcome === "incomplete") return false;
  cursor.at = scanner.next;
  cursor.rest = outcome === "overlong" ? scanner.rest : null;
  return outcome !== "overlong";
}
