import type { Migration } from "../migrations.ts";

/**
 * Priorities and a queue that can be reordered and paused, what a job waits for and costs, prices of computes, and what
 * was measured about models. `queue_position` is a real number, so that a job can be put between any two.
 */
export const queueAndDevices: Migration = {
  number: 20,
  name: "queue-and-devices",
  up: (database) => {
    database.exec(`
      INSERT INTO counters (name, value) VALUES ('queue-paused', 0);

      ALTER TABLE computes ADD COLUMN price_per_hour REAL CHECK (price_per_hour >= 0);

      ALTER TABLE jobs ADD COLUMN priority TEXT NOT NULL DEFAULT 'medium';
      ALTER TABLE jobs ADD COLUMN queue_position REAL NOT NULL DEFAULT 0;
      UPDATE jobs SET queue_position = position;
      -- What it waits for, warnings, where its time went: facts for people, replaced as one.
      ALTER TABLE jobs ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
      -- Its user said that it shall go on over an input that has changed.
      ALTER TABLE jobs ADD COLUMN skip_changed INTEGER NOT NULL DEFAULT 0;

      -- The fastest number of rows a run, once found, is used for every later job of the same model, scorer and device.
      CREATE TABLE tunings (
        model_hash TEXT NOT NULL,
        scorer_hash TEXT NOT NULL,
        device TEXT NOT NULL,
        batch INTEGER NOT NULL CHECK (batch > 0),
        rates TEXT NOT NULL,
        measured_at TEXT NOT NULL,
        PRIMARY KEY (model_hash, scorer_hash, device)
      ) STRICT;
    `);
  },
};
