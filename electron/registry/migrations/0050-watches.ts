import type { Migration } from "../migrations.ts";

/**
 * Watched folders, and every file that was taken from one. A file is known by its path, size and time; `identity` finds it
 * again under another name, also when its old name is another file's by now. `job` is null for a file that no job was made of, since it was refused by itself.
 */
export const watches: Migration = {
  number: 50,
  name: "watches",
  up: (database) => {
    database.exec(`
      CREATE TABLE watches (
        id TEXT PRIMARY KEY,
        folder TEXT NOT NULL,
        endpoint_name TEXT NOT NULL COLLATE NOCASE,
        deployment_name TEXT,
        output_path TEXT,
        overrides TEXT NOT NULL,
        settle_seconds REAL NOT NULL CHECK (settle_seconds > 0),
        created_at TEXT NOT NULL,
        files_submitted INTEGER NOT NULL DEFAULT 0,
        jobs INTEGER NOT NULL DEFAULT 0,
        last_job TEXT,
        last_submitted_at TEXT,
        problem TEXT,
        refusal TEXT,
        UNIQUE (folder, endpoint_name)
      ) STRICT;

      CREATE TABLE watch_files (
        watch TEXT NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
        path TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        modified_ms REAL NOT NULL,
        identity TEXT NOT NULL,
        job TEXT,
        PRIMARY KEY (watch, path, identity)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX watch_files_identity ON watch_files (watch, identity);
      CREATE INDEX watch_files_refused ON watch_files (watch) WHERE job IS NULL;

      -- Which files of a folder are outputs is asked for every folder that is looked through, also of finished jobs.
      CREATE INDEX jobs_output_folder ON jobs (output_folder);
    `);
  },
};
