import type { Migration } from "../migrations.ts";

/** Names for places: folders that stand in for Azure's datastores, and versions of data assets. Neither holds data. */
export const data: Migration = {
  number: 40,
  name: "data",
  up: (database) => {
    database.exec(`
      CREATE TABLE datastores (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        path TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
      ) STRICT;

      -- The path is absolute, or an address (azureml://…, https://…) that is looked up whenever the asset is used.
      CREATE TABLE data_assets (
        name TEXT NOT NULL COLLATE NOCASE,
        version TEXT NOT NULL,
        type TEXT NOT NULL CHECK (type IN ('uri_folder', 'uri_file')),
        path TEXT NOT NULL,
        description TEXT NOT NULL,
        created_at TEXT NOT NULL,
        PRIMARY KEY (name, version)
      ) STRICT;
    `);
  },
};
