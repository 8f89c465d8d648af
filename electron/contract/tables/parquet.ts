import { columnName } from "./column-names.ts";
import { dataKind } from "./data-kinds.ts";

/**
 * How Parquet files are opened with DuckDB, the same wherever they are read: a file is hostile until proven harmless, so
 * nothing may be loaded or fetched, and no file outside the input may be opened.
 */
export const duckdbOptions = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
  // It is kept by path, and one path (that of an open file) may stand for one file after another.
  enable_external_file_cache: "false",
  threads: "1",
} as const;

/** Statements that shut a new instance in: only files under `folder` (absolute) can be opened from then on. */
export function duckdbConfinement(folder: string): readonly string[] {
  const withSeparator = /[/\\]$/.test(folder) ? folder : `${folder}/`;
  return [
    `SET allowed_directories = [${sqlText(withSeparator)}]`,
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
  ];
}

/**
 * Whether DuckDB refused to open a file since it lies outside the folder that it is shut in. It looks where an open file lies
 * at that moment: one of the input was moved out of it.
 */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Permission Error");
}

/** The table expression of one Parquet file. `file_row_number` counts its rows from 0. */
export function parquetTable(path: string): string {
  return `read_parquet(${sqlText(literalPath(path))}, file_row_number = true, hive_partitioning = false)`;
}

/** A column of a Parquet file: its name, as names are compared, and what DuckDB calls it, with its type. */
export type ParquetColumn = { readonly name: string; readonly sqlName: string; readonly type: string };

/** Has DuckDB answer a query with rows. */
export type AskDuckdb = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** The columns of a file, in its order. Reads its footer only. */
export async function parquetColumns(ask: AskDuckdb, path: string): Promise<readonly ParquetColumn[]> {
  const rows = await ask(`DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${parquetTable(path)}`);
  const described = rows.map((row) => ({ sqlName: String(row[0]), type: String(row[1]) }));
  const names = hasRenamed(described.map(({ sqlName }) => sqlName)) ? await namesInFile(ask, path) : null;
  return described.map((column, index) => ({ ...column, name: columnName(names?.[index] ?? column.sqlName) }));
}

/** Where names are alike but for capitals, DuckDB calls the later ones `name_1`, `name_2`, … */
function hasRenamed(names: readonly string[]): boolean {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return [...lower].some((name) => /_\d+$/.test(name) && lower.has(name.replace(/_\d+$/, "")));
}

/** The names of the columns as they are written; what is within one of them is passed over. */
async function namesInFile(ask: AskDuckdb, path: string): Promise<string[]> {
  const [root, ...rows] = await ask(`SELECT name, num_children FROM parquet_schema(${sqlText(literalPath(path))})`);
  const names: string[] = [];
  let within = 0;
  for (const [name, children] of root === undefined ? [] : rows) {
    if (within === 0) names.push(String(name));
    within = Math.max(0, within - 1) + Number(children ?? 0);
  }
  return names;
}

/**
 * What of a Parquet file is not read, by what DuckDB says of it; null when that is of another kind, such as damage. `column`:
 * the one that was read, null when it may be any.
 */
export function unsupportedParquet(error: unknown, column: string | null): string | null {
  const said = error instanceof Error ? error.message : "";
  const subject = column === null ? "A column" : `Column "${column.replace(/\s+/g, " ")}"`;
  const codec = /compression codec "?(\w+)/i.exec(said);
  if (codec !== null) {
    return `${subject} is compressed with ${codec[1]}, which is not read; write the file with Snappy, gzip or Zstandard.`;
  }
  if (/encrypt/i.test(said)) return encryptedParquet;
  if (!/encoding/i.test(said)) return null;
  const encoding = /\b[A-Z]+(?:_[A-Z0-9]+)+\b/.exec(said);
  const how = encoding === null ? "in a way" : `as ${encoding[0]}, in a way`;
  return `${subject} is encoded ${how} that is not read; write the file with plain or dictionary encoding.`;
}

const encryptedParquet = "The file is an encrypted Parquet file; write it without encryption.";
const parquetMagic = "PAR1";

/** Why a file cannot be a Parquet file that is read, by its first and last bytes; null when they are those of one. */
export function notParquet(beginning: Uint8Array, ending: Uint8Array): string | null {
  const [first, last] = [beginning.subarray(0, 4), ending.subarray(-4)].map((bytes) => String.fromCharCode(...bytes));
  if (first === "PARE" || last === "PARE") return encryptedParquet;
  if (first !== parquetMagic) {
    const kind = dataKind(beginning);
    return kind === null ? "The file is no Parquet file." : `The file is ${kind}, and no Parquet file.`;
  }
  return last === parquetMagic ? null : "The end of the Parquet file is missing; copy or write it again.";
}

/** One row a row group: `id`, `row_count`, `byte_count` (uncompressed), in the file's order. */
export function parquetRowGroups(path: string): string {
  return `SELECT row_group_id AS id, any_value(row_group_num_rows)::DOUBLE AS row_count,
    sum(total_uncompressed_size)::DOUBLE AS byte_count
    FROM parquet_metadata(${sqlText(literalPath(path))}) GROUP BY row_group_id ORDER BY row_group_id`;
}

export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB takes a path for a pattern; a character class of one character stands for itself. */
export function literalPath(path: string): string {
  return path.replaceAll(/[[*?]/g, "[$&]");
}
