import type { Migration } from "../migrations.ts";

/** Jobs that lists leave out unless they are asked for. */
export const archivedJobs: Migration = {
  number: 110,
  name: "archived-jobs",
  up: (database) => {
    database.exec("ALTER TABLE jobs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0");
  },
};
