import { compareCodePoints } from "../../../data/listing/code-points.ts";
import type { RowStore, StoredError, StoredRow } from "./row-store.ts";

/** An item of the job, in the order of our files: with its rows, or with the error that it failed with. */
export type Item = {
  readonly file: string;
  /** 0: the file. */
  readonly row: number;
  readonly records: readonly string[];
  readonly error: StoredError | null;
  /** Azure scored it more than once, with other results. */
  readonly isRepeated: boolean;
};

type Found = {
  readonly file: string;
  readonly row: number;
  records: string[];
  error: StoredError | null;
};

/** A row number that leaves out more rows than that before it is nonsense. */
const mostGap = 1_000_000;

/** Thrown at a row number that cannot be. */
export class WrongRow extends Error {}

/**
 * The items that Azure wrote of, and (`isWhole`) those that it should have written of and did not: files without a word, and
 * rows of tables before, between and after others. `mayRepeat`: rows that come again are those of a mini-batch that was run again;
 * else each is one that the script returned.
 */
export function* itemsOf(
  store: RowStore,
  {
    isWhole,
    unit,
    mayRepeat,
  }: {
    readonly isWhole: boolean;
    readonly unit: "row" | "file";
    readonly mayRepeat: boolean;
  },
): Generator<Item, undefined> {
  const files = isWhole ? store.files() : [][Symbol.iterator]();
  let nextFile = files.next();
  let last: { readonly file: string; readonly row: number } = { file: "", row: 0 };

  function* missingFilesBefore(file: string | null): Generator<Item, undefined> {
    while (nextFile.done !== true && (file === null || compareCodePoints(nextFile.value, file) < 0)) {
      const rows = unit === "row" ? store.rowsOf(nextFile.value) : null;
      if (rows === null) yield missing(nextFile.value, 0);
      else yield* missingRows(nextFile.value, 1, rows);
      nextFile = files.next();
    }
    if (nextFile.done !== true && nextFile.value === file) nextFile = files.next();
  }

  function* missingAfterLast(): Generator<Item, undefined> {
    const isSaidOfRows = isWhole && unit === "row" && last.row > 0;
    if (isSaidOfRows) yield* missingRows(last.file, last.row + 1, store.rowsOf(last.file) ?? 0);
  }

  for (const found of foundItems(store)) {
    if (found.file !== last.file) {
      yield* missingAfterLast();
      yield* missingFilesBefore(found.file);
      last = { file: found.file, row: 0 };
    }
    if (isWhole && unit === "row" && found.row > 0) {
      if (found.row - last.row > mostGap) throw new WrongRow(`${found.file}, row ${found.row}`);
      yield* missingRows(found.file, last.row + 1, found.row - 1);
    }
    last = found;
    yield itemOf(found, unit, mayRepeat);
  }
  yield* missingAfterLast();
  yield* missingFilesBefore(null);
}

function* missingRows(file: string, from: number, to: number): Generator<Item, undefined> {
  for (let row = from; row <= to; row += 1) yield missing(file, row);
}

/** Rows and errors of one item together, each once. */
function* foundItems(store: RowStore): Generator<Found, undefined> {
  const errors = store.errors();
  let error = errors.next();
  let current: Found | null = null;

  function* errorsBefore(row: StoredRow | null): Generator<Found, undefined> {
    while (error.done !== true && (row === null || compareItems(error.value, row) < 0)) {
      yield { file: error.value.file, row: error.value.row, records: [], error: error.value };
      error = errors.next();
    }
  }

  for (const row of store.rows()) {
    if (current !== null && current.file === row.file && current.row === row.row) {
      current.records.push(row.record);
      continue;
    }
    if (current !== null) yield current;
    yield* errorsBefore(row);
    current = { file: row.file, row: row.row, records: [row.record], error: null };
    // It succeeded in the end: what failed before that is over.
    if (error.done !== true && compareItems(error.value, row) === 0) error = errors.next();
  }
  if (current !== null) yield current;
  yield* errorsBefore(null);
}

function compareItems(
  one: { readonly file: string; readonly row: number },
  other: { readonly file: string; readonly row: number },
): number {
  return one.file === other.file ? one.row - other.row : compareCodePoints(one.file, other.file);
}

/** Azure may have run a mini-batch more than once: of a row of a table the first one counts, of a file as many as repeat themselves. */
function itemOf({ file, row, records, error }: Found, unit: "row" | "file", mayRepeat: boolean): Item {
  if (!mayRepeat) return { file, row, records, error, isRepeated: false };
  const once = unit === "row" ? records.slice(0, 1) : firstRound(records);
  const isAlike = records.every((record, at) => record === once[at % Math.max(1, once.length)]);
  return { file, row, records: once, error, isRepeated: !isAlike };
}

/** What repeats itself to the end, once; all of it when nothing does. */
function firstRound(records: readonly string[]): readonly string[] {
  for (let length = 1; length <= records.length / 2; length += 1) {
    if (records.length % length !== 0) continue;
    if (records.every((record, at) => record === records[at % length])) return records.slice(0, length);
  }
  return records;
}

function missing(file: string, row: number): Item {
  const message = "Azure wrote neither a row nor an error for it.";
  const error = { file, row, stage: "infer", code: "azure-no-row", message, value: "" };
  return { file, row, records: [], error, isRepeated: false };
}
