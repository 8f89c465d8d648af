import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { firstSchema } from "../../../electron/registry/migrations/0010-first-schema.ts";
import { queueAndDevices } from "../../../electron/registry/migrations/0020-queue-and-devices.ts";
import { watches } from "../../../electron/registry/migrations/0050-watches.ts";

let database: Database.Database;

beforeEach(() => {
  database = new Database(":memory:");
  database.pragma("foreign_keys = ON");
  for (const step of [firstSchema, queueAndDevices, watches]) step.up(database);
});
afterEach(() => {
  database.close();
});

function addWatch(id: string, folder: string, endpoint: string): void {
  database
    .prepare(
      "INSERT INTO watches (id, folder, endpoint_name, overrides, settle_seconds, created_at) VALUES (?, ?, ?, '{}', 5, '')",
    )
    .run(id, folder, endpoint);
}

describe("migration 50", () => {
  test("lets a folder be watched once for an endpoint, whatever the case of its name", () => {
    addWatch("one", "/data/in", "flowers");
    addWatch("two", "/data/in", "letters");
    expect(() => addWatch("three", "/data/in", "FLOWERS")).toThrow(/UNIQUE/);
  });

  test("forgets the files of a watch with it", () => {
    addWatch("one", "/data/in", "flowers");
    database.exec("INSERT INTO watch_files VALUES ('one', 'a.csv', 1, 1.5, '1:2', NULL)");
    database.exec("DELETE FROM watches");
    expect(database.prepare("SELECT * FROM watch_files").all()).toEqual([]);
  });

  test.each([
    ["a file by its path", "SELECT 1 FROM watch_files WHERE watch = 'a' AND path = 'b'", "PRIMARY KEY"],
    [
      "a file by its identity",
      "SELECT 1 FROM watch_files WHERE watch = 'a' AND identity = 'b'",
      "watch_files_identity",
    ],
    [
      "refused files",
      "SELECT count(*) FROM watch_files INDEXED BY watch_files_refused WHERE watch = 'a' AND job IS NULL",
      "watch_files_refused",
    ],
    ["the outputs in a folder", "SELECT output_file FROM jobs WHERE output_folder = 'a'", "jobs_output_folder"],
  ])("answers for %s from an index", (_what, query, index) => {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[];
    expect(plan.map(({ detail }) => detail).join("; ")).toContain(index);
  });
});
