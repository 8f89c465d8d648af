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

/** What DuckDB says of a type, as far as it is looked into: the fields of a structure. */
export type ParquetType = {
  readonly entryNames?: readonly string[];
  readonly entryTypes?: readonly ParquetType[];
  readonly valueType?: ParquetType;
  readonly toString: () => string;
};

/** A column of a file, or a field of a structure in it. */
export type ParquetColumn = { readonly name: string; readonly type: ParquetType; readonly expression: string };

/** A query that gives no rows, and with them the names and types of a file's columns. */
export function parquetColumnsQuery(table: string): string {
  return `SELECT * EXCLUDE (file_row_number) FROM ${table} LIMIT 0`;
}

export function parquetColumns(names: readonly string[], types: readonly ParquetType[]): ParquetColumn[] {
  return names.map((name, index) => ({ name, type: types[index] as ParquetType, expression: sqlName(name) }));
}

/** The column of that (trimmed) name; else, of `a.b`, the field `b` of the structure `a`; null when there is neither. */
export function findParquetColumn(columns: readonly ParquetColumn[], wanted: string): ParquetColumn | null {
  const found = columns.find(({ name }) => name.trim() === wanted);
  if (found !== undefined) return found;
  for (let dot = wanted.indexOf("."); dot !== -1; dot = wanted.indexOf(".", dot + 1)) {
    const [key, rest] = [wanted.slice(0, dot).trim(), wanted.slice(dot + 1).trim()];
    const structure = columns.find(({ name }) => name.trim() === key);
    const fields = structure === undefined ? [] : fieldsOf(structure);
    const field = findParquetColumn(fields, rest);
    if (field !== null) return field;
  }
  return null;
}

function fieldsOf({ type, expression }: ParquetColumn): ParquetColumn[] {
  return (type.entryNames ?? []).map((name, index) => ({
    name,
    type: type.entryTypes?.[index] as ParquetType,
    expression: `struct_extract(${expression}, ${sqlText(name)})`,
  }));
}

/** A column as text: lists and structures that hold texts as JSON, which tells where one ends. */
export function parquetText({ type, expression }: ParquetColumn): string {
  return holdsTexts(type) ? `CAST(to_json(${expression}) AS VARCHAR)` : `CAST(${expression} AS VARCHAR)`;
}

function holdsTexts({ valueType }: ParquetType): boolean {
  return valueType !== undefined && (String(valueType) === "VARCHAR" || holdsTexts(valueType));
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
