import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { firstSchema } from "../../../electron/registry/migrations/0010-first-schema.ts";

let database: Database.Database;

beforeEach(() => {
  database = new Database(":memory:");
  database.pragma("foreign_keys = ON");
  firstSchema.up(database);
});
afterEach(() => {
  database.close();
});

describe("migration 10, on an empty file,", () => {
  test("makes the tables of every noun", () => {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
    expect(names).toEqual([
      "computes",
      "counters",
      "deployments",
      "endpoints",
      "job_history",
      "jobs",
      "models",
      "waiters",
    ]);
  });

  test("makes the compute local: every core, 120 s", () => {
    expect(database.prepare("SELECT * FROM computes").all()).toMatchObject([
      { name: "local", max_instances: null, device: "auto", idle_time_before_scale_down_s: 120, tier: "dedicated" },
    ]);
  });

  test.each([
    ["the queue", "SELECT * FROM jobs WHERE finished = 0 ORDER BY position", "jobs_unfinished"],
    ["changed jobs", "SELECT * FROM jobs WHERE revision > 1 ORDER BY revision", "jobs_revision"],
    ["an endpoint's jobs", "SELECT * FROM jobs WHERE endpoint_name = 'a' ORDER BY position DESC", "jobs_endpoint"],
    ["a destination", "SELECT * FROM jobs WHERE output_folder = 'a' AND finished = 0", "jobs_destination"],
    ["a job's history", "SELECT * FROM job_history WHERE job = 'a' ORDER BY id", "job_history_job"],
  ])("answers for %s from an index, without sorting", (_what, query, index) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[];
    const details = plan.map(({ detail }) => detail).join("; ");
    expect(details).toContain(index);
    expect(details).not.toContain("TEMP B-TREE");
  });
});
