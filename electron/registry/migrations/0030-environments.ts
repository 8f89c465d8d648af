import type { Migration } from "../migrations.ts";

/** Environments that run scripts, which of them stands for which of Azure's, and what was trusted. */
export const environments: Migration = {
  number: 30,
  name: "environments",
  up: (database) => {
    database.exec(`
      CREATE TABLE environments (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        kind TEXT NOT NULL CHECK (kind IN ('python', 'node')),
        -- Both null for Node, which is Batchdeck's own.
        interpreter TEXT,
        version TEXT,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
      ) STRICT;

      -- What a deployment file calls its environment, and the one of this workspace that its user chose for it.
      CREATE TABLE environment_choices (
        reference TEXT PRIMARY KEY,
        environment TEXT NOT NULL COLLATE NOCASE REFERENCES environments (name) ON DELETE CASCADE
      ) STRICT;

      ALTER TABLE models ADD COLUMN type TEXT NOT NULL DEFAULT 'custom_model';

      -- What its user trusted; a deployment that runs something else by now is not trusted.
      ALTER TABLE deployments ADD COLUMN trusted_hash TEXT;
    `);
  },
};
