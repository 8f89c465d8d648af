import { columnName } from "./column-names.ts";

/**
 * Columns that folders carry: `year=2018/month=1/data.csv`, as Hive, Spark and DuckDB write them. Name and value are
 * percent-decoded; `__HIVE_DEFAULT_PARTITION__` stands for no value. Pure.
 */

const noValue = "__HIVE_DEFAULT_PARTITION__";

/** Where a job's input lies. */
type InputPlace = { readonly path: string; readonly kind: "folder" | "file" };

/**
 * Name → value (null: no value) of each folder column of a listed file, whose path is relative to the input with `/`. The
 * folders below the input count, and those that lead to it as far as they carry columns without a gap: the input may be one
 * partition of a table. Of two folders with one name the inner one counts.
 */
export function folderColumns(input: InputPlace, file: string): ReadonlyMap<string, string | null> {
  if (!file.includes("=") && !input.path.includes("=")) return none;
  const found = new Map<string, string | null>();
  const above = input.path.split(/[\\/]/).filter((name) => name !== "");
  if (input.kind === "file") above.pop();
  const leading = above.slice(above.findLastIndex((name) => columnOf(name) === null) + 1);
  const below = file.split("/").slice(0, -1);
  for (const name of [...leading, ...below]) {
    const column = columnOf(name);
    if (column !== null) found.set(column.name, column.value);
  }
  return found;
}

const none: ReadonlyMap<string, string | null> = new Map();

function columnOf(folder: string): { readonly name: string; readonly value: string | null } | null {
  const equals = folder.indexOf("=");
  const name = columnName(decoded(folder.slice(0, Math.max(0, equals))));
  if (name === "") return null;
  const value = folder.slice(equals + 1);
  return { name, value: value === noValue ? null : decoded(value) };
}

/** What is no percent-encoded UTF-8 stays as it is, and the rest is decoded. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
