import type { Migration } from "../migrations.ts";

/**
 * What jobs in Azure took, what a node costs as its user says, and how fast an upload may go, by its job. `workspace` and
 * `store` are keys that are made of names alone.
 */
export const azureHistory: Migration = {
  number: 140,
  name: "azure-history",
  up: (database) => {
    database.exec(`
      CREATE TABLE azure_runs (
        workspace TEXT NOT NULL,
        endpoint TEXT NOT NULL COLLATE NOCASE,
        deployment TEXT NOT NULL COLLATE NOCASE,
        compute TEXT NOT NULL COLLATE NOCASE,
        job TEXT NOT NULL COLLATE NOCASE,
        nodes INTEGER NOT NULL CHECK (nodes > 0),
        bytes INTEGER NOT NULL CHECK (bytes >= 0),
        seconds REAL NOT NULL CHECK (seconds > 0),
        ended_at TEXT NOT NULL,
        PRIMARY KEY (workspace, endpoint, deployment, compute, job)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE azure_uploads (
        store TEXT NOT NULL,
        listing TEXT NOT NULL,
        job TEXT NOT NULL COLLATE NOCASE,
        bytes INTEGER CHECK (bytes > 0),
        seconds REAL CHECK (seconds > 0),
        ended_at TEXT NOT NULL,
        PRIMARY KEY (store, listing)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE azure_prices (
        workspace TEXT NOT NULL,
        compute TEXT NOT NULL COLLATE NOCASE,
        amount REAL NOT NULL CHECK (amount > 0),
        currency TEXT NOT NULL,
        PRIMARY KEY (workspace, compute)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE azure_upload_limits (
        job TEXT PRIMARY KEY COLLATE NOCASE REFERENCES jobs (name) ON DELETE CASCADE,
        bytes_per_second REAL NOT NULL CHECK (bytes_per_second > 0)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
