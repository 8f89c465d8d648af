import { crc32 } from "node:zlib";

/*
 * A number beside what is written once and decides what a job's files will hold. SQLite finds out when the structure of its
 * file is damaged, and a schema when a row has another shape; a digit that has become another digit only this tells. Rows
 * of earlier versions have null there, and are taken as they are.
 */

type Value = string | number | null;
type Checked<Name extends string> = Readonly<Record<Name, Value>>;

export function checkOf(...values: readonly Value[]): number {
  return crc32(JSON.stringify(values));
}

export function isUnchanged(check: number | null, ...values: readonly Value[]): boolean {
  return check === null || check === checkOf(...values);
}

/** Of a mini-batch in a journal: what is to be done. */
export function planOf({ id, items, parts }: Checked<"id" | "items" | "parts">): readonly Value[] {
  return [id, items, parts];
}

/** Of a mini-batch in a journal: where its record lies and what it counts. */
export function doneOf(
  row: Checked<
    "id" | "segment" | "record_start" | "rows_bytes" | "errors_bytes" | "checksum" | "succeeded" | "failed" | "columns"
  > & {
    readonly not_a_number?: number | null;
    readonly row_count?: number | null;
    readonly item_files?: string | null;
  },
): readonly Value[] {
  const { id, segment, record_start, rows_bytes, errors_bytes, checksum, succeeded, failed, columns } = row;
  const values = [id, segment, record_start, rows_bytes, errors_bytes, checksum, succeeded, failed, columns];
  // Rows of an earlier version, which did not count all of this, keep their check.
  const counts =
    typeof row.row_count === "number"
      ? [row.not_a_number ?? 0, row.row_count]
      : row.not_a_number
        ? [row.not_a_number]
        : [];
  return [...values, ...counts, ...(row.item_files ? [row.item_files] : [])];
}

/** How many rows a record has, as a journal holds it: null when each item that succeeded has one, as nearly always. */
export function rowCount({ rows, succeeded }: { readonly rows: number; readonly succeeded: number }): number | null {
  return rows === succeeded ? null : rows;
}
