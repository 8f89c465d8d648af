import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { duckdbOptions, literalPath, sqlText } from "../../contract/tables/parquet.ts";
import { contentOf } from "../../contract/nouns/scorers/item-files.ts";
import { predictionColumns } from "../../contract/nouns/prediction-columns.ts";
import type { ScriptColumn } from "../../contract/nouns/script-columns.ts";
import type { TensorType } from "../../contract/signature.ts";

const parquetTypes: Readonly<Record<TensorType, string>> = {
  float16: "FLOAT",
  float32: "FLOAT",
  float64: "DOUBLE",
  int8: "TINYINT",
  uint8: "UTINYINT",
  int16: "SMALLINT",
  uint16: "USMALLINT",
  int32: "INTEGER",
  uint32: "UINTEGER",
  int64: "BIGINT",
  uint64: "UBIGINT",
  bool: "BOOLEAN",
  string: "VARCHAR",
};

/** Of what a script returned: None alone says nothing about its type. */
const scriptTypes: Readonly<Record<ScriptColumn["type"], string>> = {
  empty: "VARCHAR",
  integer: "BIGINT",
  float: "DOUBLE",
  boolean: "BOOLEAN",
  text: "VARCHAR",
};

const progressEveryMs = 1000;
const rowGroupRows = 122_880;
/** DuckDB holds a row group in memory: fewer rows of lists fit. */
const rowGroupValues = 8 * 1024 * 1024;

/**
 * The longest row that can be read back, and with it the size of DuckDB's buffer: left to itself it takes room for 16
 * such rows, and Electron ends a process that asks for 2 GiB at once.
 */
const maxRowBytes = 128 * 1024 * 1024;

/**
 * Turns the merged rows into Parquet: one COPY with the types of the job's columns, one thread and fixed row groups, so
 * that the same rows always give the same bytes. Text cells are quoted in `rowsPart`, which tells "" from null. `parquetPart` is there,
 * empty, and is written to, not replaced. `onProgress` gets the share that is done, from 0 to 1, about every second.
 */
export async function writeParquet(
  spec: JobSpec,
  scriptColumns: readonly ScriptColumn[] | null,
  rowsPart: string,
  parquetPart: string,
  onProgress: (share: number) => void,
): Promise<void> {
  // Loaded only when Parquet is asked for: the library is large.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", duckdbOptions);
  let looks: NodeJS.Timeout | undefined;
  try {
    const connection = await instance.connect();
    // Else it counts nothing.
    await connection.run("SET enable_progress_bar = true");
    await connection.run("SET enable_progress_bar_print = false");
    looks = setInterval(() => {
      const { percentage } = connection.progress;
      if (percentage >= 0) onProgress(Math.min(1, percentage / 100));
    }, progressEveryMs);
    const types =
      scriptColumns?.map(({ name, type }) => ({ name, type: scriptTypes[type] })) ??
      predictionColumns(spec.scorer).map(({ name, type, content }) => ({
        name,
        type: content === "array" ? `${parquetTypes[type]}[]` : parquetTypes[type],
      }));
    const columns = types.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type)}`).join(", ");
    await connection.run(`
      COPY (
        SELECT * FROM read_csv(${sqlText(literalPath(rowsPart))}, columns = {${columns}}, header = true, delim = ',', quote = '"',
          escape = '"', new_line = '\\n', auto_detect = false, allow_quoted_nulls = false,
          max_line_size = ${maxRowBytes}, buffer_size = ${maxRowBytes})
      ) TO ${sqlText(parquetPart)} (FORMAT parquet, USE_TMP_FILE false, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsOfGroup(spec)})`);
    connection.closeSync();
  } catch (error) {
    throw withErrno(error);
  } finally {
    clearInterval(looks);
    instance.closeSync();
  }
}

/** Of lists whose length varies, as few as come together. */
function rowsOfGroup({ scorer }: JobSpec): number {
  const shapes = scorer.outputs.flatMap((output) => (contentOf(output) === "array" ? [output.array?.shape ?? []] : []));
  if (shapes.length === 0) return rowGroupRows;
  const values = shapes.map((shape) => shape.reduce<number>((product, size) => product * (size ?? rowGroupValues), 1));
  return Math.max(1, Math.floor(rowGroupValues / values.reduce((sum, one) => sum + one, 0)));
}

/** The C library's own sentences, which is all that DuckDB passes on. */
const errnosBySentence: readonly (readonly [sentence: string, errno: string])[] = [
  ["No space left on device", "ENOSPC"],
  ["Disk quota exceeded", "EDQUOT"],
  ["Input/output error", "EIO"],
  ["Permission denied", "EACCES"],
  ["Read-only file system", "EROFS"],
  ["Too many open files", "EMFILE"],
  ["No such file or directory", "ENOENT"],
];

/** A refusal of the file system with its errno, as Node's own calls would throw it; any other error unchanged. */
function withErrno(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const known = errnosBySentence.find(([sentence]) => error.message.includes(sentence));
  const code = known?.[1] ?? (error.message.startsWith("IO Error") ? "EIO" : null);
  return code === null ? error : Object.assign(new Error(error.message), { code });
}
