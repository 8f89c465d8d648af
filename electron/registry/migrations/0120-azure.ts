import type { Migration } from "../migrations.ts";

/**
 * The Azure ML workspace that commands act on with `--remote`, at most one, and what Azure answered last, to be shown while it
 * cannot be reached. No token is ever kept here.
 */
export const azure: Migration = {
  number: 120,
  name: "azure",
  up: (database) => {
    database.exec(`
      CREATE TABLE azure_workspace (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        cloud TEXT NOT NULL,
        subscription TEXT NOT NULL,
        resource_group TEXT NOT NULL,
        workspace TEXT NOT NULL
      ) STRICT;
      CREATE TABLE azure_answers (
        account TEXT NOT NULL,
        address TEXT NOT NULL,
        answer TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        PRIMARY KEY (account, address)
      ) STRICT;
      CREATE INDEX azure_answers_by_age ON azure_answers (seen_at);
    `);
  },
};
