import { columnKeys } from "../../contract/tables/column-names.ts";

/**
 * Columns of a table, as names are compared, and its first well-formed rows: texts by the key of their column (`columnKeys`).
 * Rows of JSON lines lack what their object lacks.
 */
export type TableSample = {
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
  /** Columns that are not in the table itself and are there for whoever names them: those of its folders. */
  readonly beside?: readonly string[] | undefined;
  /** Rows that are not sampled may have further columns: of JSON lines, which have no header. */
  readonly isOpen?: boolean | undefined;
};

export const sampledRows = 200;

const shownCharacters = 60;

/** A value or line as it is shown in a table or a sentence. */
export function shortened(value: string): string {
  if (value.length <= shownCharacters) return value;
  return `${Array.from(value.slice(0, 2 * shownCharacters))
    .slice(0, shownCharacters - 1)
    .join("")}…`;
}

/** Cells by their columns; null when there are not as many. */
export function rowOfCells(columns: readonly string[], cells: readonly string[]): ReadonlyMap<string, string> | null {
  if (cells.length !== columns.length) return null;
  const row = new Map<string, string>();
  for (const [index, key] of columnKeys(columns).entries()) row.set(key, cells[index] ?? "");
  return row;
}
