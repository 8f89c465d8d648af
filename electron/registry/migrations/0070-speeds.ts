import type { Migration } from "../migrations.ts";

/**
 * What finished jobs took, so that the next one can be estimated. A few jobs for each model, scorer and device, so the
 * table stays as small as what was ever scored with, however many jobs there were.
 */
export const speeds: Migration = {
  number: 70,
  name: "speeds",
  up: (database) => {
    database.exec(`
      CREATE TABLE speeds (
        model_hash TEXT NOT NULL,
        scorer_hash TEXT NOT NULL,
        device TEXT NOT NULL,
        job TEXT NOT NULL COLLATE NOCASE,
        workers INTEGER NOT NULL CHECK (workers > 0),
        items INTEGER NOT NULL CHECK (items > 0),
        rate REAL NOT NULL CHECK (rate > 0),
        seconds REAL NOT NULL CHECK (seconds > 0),
        output_bytes INTEGER NOT NULL CHECK (output_bytes >= 0),
        output_format TEXT NOT NULL,
        ended_at TEXT NOT NULL,
        PRIMARY KEY (model_hash, scorer_hash, device, job)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
