import type { Migration } from "../migrations.ts";

/** The nouns of a workspace and the `local` compute. Times are ISO 8601 texts, JSON columns are checked where they are read. */
export const firstSchema: Migration = {
  number: 10,
  name: "first-schema",
  up: (database) => {
    database.exec(`
      CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
      INSERT INTO counters (name, value) VALUES ('engine-epoch', 0), ('jobs-revision', 0);

      -- Names differ by more than case: they become names of folders, also on Windows and macOS.
      CREATE TABLE endpoints (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        description TEXT NOT NULL,
        tags TEXT NOT NULL,
        properties TEXT NOT NULL,
        auth_mode TEXT NOT NULL,
        default_deployment TEXT,
        source TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE models (
        name TEXT NOT NULL COLLATE NOCASE,
        version TEXT NOT NULL,
        hash TEXT NOT NULL,
        folder TEXT NOT NULL,
        onnx_file TEXT NOT NULL,
        signature TEXT NOT NULL,
        created_at TEXT NOT NULL,
        PRIMARY KEY (name, version)
      ) STRICT;
      CREATE INDEX models_hash ON models (name, hash);

      CREATE TABLE computes (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        max_instances INTEGER CHECK (max_instances > 0),
        device TEXT NOT NULL,
        idle_time_before_scale_down_s INTEGER NOT NULL CHECK (idle_time_before_scale_down_s >= 0),
        tier TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
      ) STRICT;
      INSERT INTO computes VALUES ('local', NULL, 'auto', 120, 'dedicated',
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

      CREATE TABLE deployments (
        endpoint_name TEXT NOT NULL COLLATE NOCASE REFERENCES endpoints (name) ON DELETE CASCADE,
        name TEXT NOT NULL COLLATE NOCASE,
        source TEXT NOT NULL,
        model_name TEXT NOT NULL COLLATE NOCASE,
        model_version TEXT NOT NULL,
        compute_name TEXT NOT NULL COLLATE NOCASE REFERENCES computes (name),
        scorer TEXT NOT NULL,
        settings TEXT NOT NULL,
        properties TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        PRIMARY KEY (endpoint_name, name),
        FOREIGN KEY (model_name, model_version) REFERENCES models (name, version)
      ) STRICT;
      CREATE INDEX deployments_model ON deployments (model_name, model_version);
      CREATE INDEX deployments_compute ON deployments (compute_name);

      -- Jobs outlive their endpoint and deployment, so those names refer to nothing.
      CREATE TABLE jobs (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        endpoint_name TEXT NOT NULL COLLATE NOCASE,
        deployment_name TEXT NOT NULL COLLATE NOCASE,
        status TEXT NOT NULL,
        finished INTEGER NOT NULL DEFAULT 0,
        request TEXT,
        spec TEXT NOT NULL,
        total INTEGER NOT NULL DEFAULT 0,
        total_known INTEGER NOT NULL DEFAULT 0,
        succeeded INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        skipped INTEGER NOT NULL DEFAULT 0,
        rate REAL NOT NULL DEFAULT 0,
        seconds_left_low REAL,
        seconds_left_high REAL,
        active_seconds REAL NOT NULL DEFAULT 0,
        workers INTEGER NOT NULL DEFAULT 0,
        provider TEXT NOT NULL DEFAULT '',
        problem TEXT,
        output_folder TEXT NOT NULL,
        output_file TEXT NOT NULL,
        created_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        engine_epoch INTEGER,
        position INTEGER NOT NULL,
        revision INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX jobs_endpoint ON jobs (endpoint_name, position);
      CREATE INDEX jobs_revision ON jobs (revision);
      CREATE INDEX jobs_unfinished ON jobs (position) WHERE finished = 0;
      -- errors.csv and job.json have fixed names, so one folder takes one unfinished job.
      CREATE UNIQUE INDEX jobs_destination ON jobs (output_folder) WHERE finished = 0;

      CREATE TABLE job_history (
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL COLLATE NOCASE REFERENCES jobs (name) ON DELETE CASCADE,
        at TEXT NOT NULL,
        status TEXT NOT NULL,
        note TEXT NOT NULL
      ) STRICT;
      CREATE INDEX job_history_job ON job_history (job, id);

      CREATE TABLE waiters (
        id TEXT PRIMARY KEY,
        job TEXT NOT NULL COLLATE NOCASE REFERENCES jobs (name) ON DELETE CASCADE,
        pid INTEGER NOT NULL,
        started_at TEXT NOT NULL,
        heartbeat_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX waiters_job ON waiters (job);
    `);
  },
};
