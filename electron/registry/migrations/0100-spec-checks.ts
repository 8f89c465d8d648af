import type { Migration } from "../migrations.ts";

/** A check of each job's spec (see row-checks.ts); null for those that are there already. */
export const specChecks: Migration = {
  number: 100,
  name: "spec-checks",
  up: (database) => {
    database.exec("ALTER TABLE jobs ADD COLUMN spec_check INTEGER");
  },
};
