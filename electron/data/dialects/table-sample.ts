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
  /** The columns are those of the sampled rows: of JSON lines, which have no header. */
  readonly isOpen?: boolean | undefined;
  /** Of such a table: names that are not in the sampled rows, but may be kept of others. `any`: not all rows were sampled. */
  readonly elsewhere?: readonly string[] | "any" | undefined;
};

export const sampledRows = 200;

/** Cells by their columns; null when there are not as many. */
export function rowOfCells(columns: readonly string[], cells: readonly string[]): ReadonlyMap<string, string> | null {
  if (cells.length !== columns.length) return null;
  const row = new Map<string, string>();
  for (const [index, key] of columnKeys(columns).entries()) row.set(key, cells[index] ?? "");
  return row;
}
