import type { Migration } from "../../registry/migrations.ts";

/** The tables of a job's own journal.db. Numbers go up in tens; what was released is never changed. */
export const journalMigrations: readonly Migration[] = [
  {
    number: 10,
    name: "units",
    up(database) {
      database.exec(`
        CREATE TABLE facts (
          name  TEXT PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- One row a unit, in input order. state: 0 to do, 1 done.
        CREATE TABLE units (
          id           INTEGER PRIMARY KEY,
          items        INTEGER NOT NULL,
          bytes        INTEGER NOT NULL,
          parts        TEXT NOT NULL,
          state        INTEGER NOT NULL DEFAULT 0,
          attempts     INTEGER NOT NULL DEFAULT 0,
          claimed      INTEGER NOT NULL DEFAULT 0,
          suspicion    TEXT,
          giving_up    TEXT,
          segment      TEXT,
          record_start INTEGER,
          rows_bytes   INTEGER,
          errors_bytes INTEGER,
          checksum     TEXT,
          succeeded    INTEGER,
          failed       INTEGER,
          worker       TEXT,
          finished_at  TEXT
        ) STRICT;

        CREATE INDEX units_to_do ON units (id) WHERE state = 0;
        CREATE INDEX units_suspected ON units (id) WHERE suspicion IS NOT NULL;
      `);
    },
  },
  {
    number: 20,
    name: "records of mini-batches",
    up(database) {
      database.exec(`
        -- Of the attempt that was committed. started_at: milliseconds since 1970.
        ALTER TABLE units ADD COLUMN worker_pid INTEGER;
        ALTER TABLE units ADD COLUMN started_at REAL;
        ALTER TABLE units ADD COLUMN duration_ms REAL;
        ALTER TABLE units ADD COLUMN process_ms REAL;
        ALTER TABLE units ADD COLUMN infer_ms REAL;
        ALTER TABLE units ADD COLUMN smallest_run INTEGER;

        -- Files that hold a failed item: one that was cut into slices counts once.
        CREATE TABLE failed_files (file TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      `);
    },
  },
  {
    number: 30,
    name: "rows of scripts",
    up(database) {
      // Columns of what a script returned, as JSON; null for the built-in scorers.
      database.exec("ALTER TABLE units ADD COLUMN columns TEXT");
    },
  },
  {
    number: 40,
    name: "checks",
    up(database) {
      database.exec(`
        -- See registry/rows/row-checks.ts. Null: written by an earlier version.
        ALTER TABLE units ADD COLUMN plan_check INTEGER;
        ALTER TABLE units ADD COLUMN done_check INTEGER;
        ALTER TABLE facts ADD COLUMN value_check INTEGER;
      `);
    },
  },
  {
    number: 50,
    name: "scores that are no numbers",
    up(database) {
      // Of those that succeeded: items with a score that is NaN or infinite. Null: not done, or not counted by an earlier version.
      database.exec("ALTER TABLE units ADD COLUMN not_a_number INTEGER");
    },
  },
  {
    number: 60,
    name: "rows of a mini-batch",
    up(database) {
      // Rows of the record. Null: as many as items that succeeded.
      database.exec("ALTER TABLE units ADD COLUMN row_count INTEGER");
    },
  },
  {
    number: 70,
    name: "arrays",
    up(database) {
      // Where the arrays that become files lie, as JSON; null: there are none.
      database.exec("ALTER TABLE units ADD COLUMN arrays TEXT");
    },
  },
  {
    number: 80,
    name: "item files",
    up(database) {
      // Where the contents of all files lie that cells name, as JSON (`ItemFilesRecord`): arrays, and now pictures.
      database.exec("ALTER TABLE units RENAME COLUMN arrays TO item_files");
    },
  },
];
