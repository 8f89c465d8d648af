import type { SqliteDatabase } from "../../../registry/open-database.ts";
import { connect } from "../../../registry/open-database.ts";
import { removeSync } from "../../../files/patient.ts";

/**
 * What Azure wrote, by item: its rows come in no order, and there may be more of them than fit into memory. A file that is only
 * needed until our own are made.
 */
export type RowStore = {
  readonly addFiles: (names: AsyncIterable<string>) => Promise<void>;
  /** Of the rows of an item count those of the last source that has any. */
  readonly addRows: (rows: Iterable<StoredRow>, source: number) => void;
  /** Of the errors of an item counts the first one of the last source that has any. */
  readonly addErrors: (errors: Iterable<StoredError>, source: number) => void;
  readonly hasFile: (name: string) => boolean;
  /** How many rows a table holds; null: it is not known. */
  readonly setRowsOf: (file: string, rows: number | null) => void;
  readonly rowsOf: (file: string) => number | null;
  readonly firstFile: () => string | null;
  readonly fileCount: () => number;
  readonly rowCount: () => number;
  /** Whether an item is a row of a table. */
  readonly hasRowItems: () => boolean;
  /** By file in code-point order, row, and as they came. */
  readonly rows: () => IterableIterator<StoredRow>;
  /** By file in code-point order, and row. That of a whole file is over once a later source has anything of that file. */
  readonly errors: () => IterableIterator<StoredError>;
  readonly files: () => IterableIterator<string>;
  readonly close: () => void;
};

/** `record`: as Azure wrote it. */
export type StoredRow = { readonly file: string; readonly row: number; readonly record: string };
/** `row` 0: the whole file. */
export type StoredError = {
  readonly file: string;
  readonly row: number;
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  readonly value: string;
};

export function openRowStore(file: string): RowStore {
  for (const ending of ["", "-journal", "-wal", "-shm"]) removeSync(`${file}${ending}`);
  const database: SqliteDatabase = connect(file);
  // A power cut begins it again: nothing has to be kept.
  database.pragma("journal_mode = OFF");
  database.pragma("synchronous = OFF");
  database.exec(`
    CREATE TABLE files (file TEXT PRIMARY KEY, rows INTEGER) STRICT, WITHOUT ROWID;
    CREATE TABLE rows (
      file TEXT NOT NULL, row INTEGER NOT NULL, source INTEGER NOT NULL, came INTEGER NOT NULL, record TEXT NOT NULL,
      PRIMARY KEY (file, row, source, came)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE errors (
      file TEXT NOT NULL, row INTEGER NOT NULL, source INTEGER NOT NULL, stage TEXT NOT NULL, code TEXT NOT NULL,
      message TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (file, row)
    ) STRICT, WITHOUT ROWID`);
  const insertFile = database.prepare("INSERT OR IGNORE INTO files VALUES (?, NULL)");
  const insertRow = database.prepare("INSERT INTO rows VALUES (?, ?, ?, ?, ?)");
  const insertError = database.prepare(`
    INSERT INTO errors VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET source = excluded.source, stage = excluded.stage, code = excluded.code,
      message = excluded.message, value = excluded.value WHERE excluded.source > source`);
  const selectFile = database.prepare("SELECT 1 FROM files WHERE file = ?");
  const updateRows = database.prepare("UPDATE files SET rows = ? WHERE file = ?");
  const selectRows = database.prepare("SELECT rows FROM files WHERE file = ?").pluck();
  const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  let came = 0;

  /** In one transaction, as nothing is kept anyway. */
  function all<Value>(values: Iterable<Value>, add: (value: Value) => void): void {
    database.exec("BEGIN");
    for (const value of values) add(value);
    database.exec("COMMIT");
  }

  return {
    async addFiles(names) {
      database.exec("BEGIN");
      for await (const name of names) insertFile.run(name);
      database.exec("COMMIT");
    },
    addRows: (rows, source) =>
      all(rows, ({ file: name, row, record }) => {
        insertRow.run(name, row, source, came, record);
        came += 1;
      }),
    addErrors: (errors, source) =>
      all(errors, (error) =>
        insertError.run(error.file, error.row, source, error.stage, error.code, error.message, error.value),
      ),
    hasFile: (name) => selectFile.get(name) !== undefined,
    setRowsOf: (name, rows) => void updateRows.run(rows, name),
    rowsOf: (name) => (selectRows.get(name) as number | null | undefined) ?? null,
    firstFile: () =>
      (database.prepare("SELECT file FROM files ORDER BY file LIMIT 1").pluck().get() as string | undefined) ?? null,
    fileCount: () => count("files"),
    rowCount: () => count("rows"),
    hasRowItems: () =>
      database
        .prepare("SELECT 1 FROM rows WHERE row > 0 UNION ALL SELECT 1 FROM errors WHERE row > 0 LIMIT 1")
        .get() !== undefined,
    rows: () =>
      database
        .prepare(`
          SELECT file, row, record FROM rows WHERE source = (
            SELECT max(source) FROM rows AS others WHERE others.file = rows.file AND others.row = rows.row
          ) ORDER BY file, row, source, came`)
        .iterate() as IterableIterator<StoredRow>,
    errors: () =>
      database
        .prepare(`
          SELECT file, row, stage, code, message, value FROM errors WHERE NOT (row = 0 AND (
            EXISTS (SELECT 1 FROM rows WHERE rows.file = errors.file AND rows.source > errors.source) OR
            EXISTS (SELECT 1 FROM errors AS others WHERE others.file = errors.file AND others.source > errors.source)
          )) ORDER BY file, row`)
        .iterate() as IterableIterator<StoredError>,
    files: () => database.prepare("SELECT file FROM files ORDER BY file").pluck().iterate() as IterableIterator<string>,
    close() {
      database.close();
      removeSync(file);
    },
  };
}
