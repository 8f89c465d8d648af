import type { SqliteDatabase } from "../../../registry/open-database.ts";
import { connect } from "../../../registry/open-database.ts";
import { removeSync } from "../../../files/patient.ts";

/**
 * What Azure wrote, by item: its rows come in no order, and there may be more of them than fit into memory. A file that is only
 * needed until our own are made.
 */
export type RowStore = {
  readonly addFiles: (names: Iterable<string>) => void;
  readonly addRows: (rows: Iterable<StoredRow>) => void;
  /** The first error of an item stays. */
  readonly addErrors: (errors: Iterable<StoredError>) => void;
  readonly hasFile: (name: string) => boolean;
  readonly firstFile: () => string | null;
  readonly fileCount: () => number;
  readonly rowCount: () => number;
  /** Whether an item is a row of a table. */
  readonly hasRowItems: () => boolean;
  /** By file in code-point order, row, and as they came. */
  readonly rows: () => IterableIterator<StoredRow>;
  /** By file in code-point order, and row. */
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
    CREATE TABLE files (file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE rows (
      file TEXT NOT NULL, row INTEGER NOT NULL, came INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (file, row, came)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE errors (
      file TEXT NOT NULL, row INTEGER NOT NULL, stage TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (file, row)
    ) STRICT, WITHOUT ROWID`);
  const insertFile = database.prepare("INSERT OR IGNORE INTO files VALUES (?)");
  const insertRow = database.prepare("INSERT INTO rows VALUES (?, ?, ?, ?)");
  const insertError = database.prepare("INSERT OR IGNORE INTO errors VALUES (?, ?, ?, ?, ?, ?)");
  const selectFile = database.prepare("SELECT 1 FROM files WHERE file = ?");
  const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  let came = 0;

  /** In one transaction, as nothing is kept anyway. */
  function all<Value>(values: Iterable<Value>, add: (value: Value) => void): void {
    database.exec("BEGIN");
    for (const value of values) add(value);
    database.exec("COMMIT");
  }

  return {
    addFiles: (names) => all(names, (name) => insertFile.run(name)),
    addRows: (rows) =>
      all(rows, ({ file: name, row, record }) => {
        insertRow.run(name, row, came, record);
        came += 1;
      }),
    addErrors: (errors) =>
      all(errors, (error) =>
        insertError.run(error.file, error.row, error.stage, error.code, error.message, error.value),
      ),
    hasFile: (name) => selectFile.get(name) !== undefined,
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
        .prepare("SELECT file, row, record FROM rows ORDER BY file, row, came")
        .iterate() as IterableIterator<StoredRow>,
    errors: () =>
      database.prepare("SELECT * FROM errors ORDER BY file, row").iterate() as IterableIterator<StoredError>,
    files: () => database.prepare("SELECT file FROM files ORDER BY file").pluck().iterate() as IterableIterator<string>,
    close() {
      database.close();
      removeSync(file);
    },
  };
}
