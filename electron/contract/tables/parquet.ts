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

/** What DuckDB says of a type, as far as it is looked into: the fields of a structure. */
export type ParquetType = {
  readonly entryNames?: readonly string[];
  readonly entryTypes?: readonly ParquetType[];
  readonly valueType?: ParquetType;
  readonly toString: () => string;
};

/** A column of a file, or a field of a structure in it: its name, as names are compared, its type, and how DuckDB gives it. */
export type ParquetColumn = { readonly name: string; readonly type: ParquetType; readonly expression: string };

/** A connection of DuckDB, as far as it is asked here. */
export type DuckdbQueries = {
  readonly run: (sql: string) => Promise<{
    readonly columnNames: () => readonly string[];
    readonly columnTypes: () => readonly ParquetType[];
  }>;
  readonly runAndReadAll: (sql: string) => Promise<{ readonly getRows: () => readonly (readonly unknown[])[] }>;
};

/** The columns of a file, in its order. Reads its footer only. */
export async function parquetColumns(duckdb: DuckdbQueries, path: string): Promise<readonly ParquetColumn[]> {
  const described = await duckdb.run(`SELECT * EXCLUDE (file_row_number) FROM ${parquetTable(path)} LIMIT 0`);
  const [known, types] = [described.columnNames(), described.columnTypes()];
  const names = hasRenamed(known) ? await namesInFile(duckdb, path) : known;
  return known.map((called, index) => ({
    name: columnName(names[index] ?? called),
    type: types[index] as ParquetType,
    expression: sqlName(called),
  }));
}

/** Where names are alike but for capitals, DuckDB calls the later ones `name_1`, `name_2`, … */
function hasRenamed(names: readonly string[]): boolean {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return [...lower].some((name) => /_\d+$/.test(name) && lower.has(name.replace(/_\d+$/, "")));
}

/** The names of the columns as they are written; what is within one of them is passed over. */
async function namesInFile(duckdb: DuckdbQueries, path: string): Promise<string[]> {
  const schema = `SELECT name, num_children FROM parquet_schema(${sqlText(literalPath(path))})`;
  const [root, ...rows] = (await duckdb.runAndReadAll(schema)).getRows();
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

/** The column of that name, as names are compared; else, of `a.b`, the field `b` of the structure `a`; null when there is neither. */
export function findParquetColumn(columns: readonly ParquetColumn[], wanted: string): ParquetColumn | null {
  const found = columns.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  for (let dot = wanted.indexOf("."); dot !== -1; dot = wanted.indexOf(".", dot + 1)) {
    const [key, rest] = [wanted.slice(0, dot).trim(), wanted.slice(dot + 1).trim()];
    const structure = columns.find(({ name }) => name === key);
    const fields = structure === undefined ? [] : fieldsOf(structure);
    const field = findParquetColumn(fields, rest);
    if (field !== null) return field;
  }
  return null;
}

function fieldsOf({ type, expression }: ParquetColumn): ParquetColumn[] {
  return (type.entryNames ?? []).map((name, index) => ({
    name: columnName(name),
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
