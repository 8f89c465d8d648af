/** Columns of a table and its first well-formed rows, as text. Rows of JSON lines lack what their object lacks. */
export type TableSample = {
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, string>[];
  /** Columns that are not in the table itself and are there for whoever names them: those of its folders. */
  readonly beside?: readonly string[] | undefined;
};

export const sampledRows = 200;

/** Cells by their columns; null when there are not as many. */
export function rowOfCells(columns: readonly string[], cells: readonly string[]): ReadonlyMap<string, string> | null {
  if (cells.length !== columns.length) return null;
  const row = new Map<string, string>();
  for (const [index, name] of columns.entries()) if (!row.has(name)) row.set(name, cells[index] ?? "");
  return row;
}
