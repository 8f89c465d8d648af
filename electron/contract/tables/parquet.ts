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
