import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { speeds } from "../../../electron/registry/migrations/0070-speeds.ts";
import { speedsRepository } from "../../../electron/registry/speeds.repository.ts";

let database: Database.Database;

beforeEach(() => {
  database = new Database(":memory:");
  speeds.up(database);
});
afterEach(() => {
  database.close();
});

const key = { modelHash: "m", scorerHash: "s", device: "cpu" } as const;
const speed = (job: string, changes: Partial<{ modelHash: string; device: "cpu" | "cuda" }> = {}) => ({
  ...{ ...key, job, workers: 2, items: 1000, rate: 500, seconds: 2.5 },
  ...{ outputBytes: 40_000, outputFormat: "csv", ...changes },
});

describe("migration 70", () => {
  test("answers for the jobs of a model from its key", () => {
    const query = "SELECT * FROM speeds WHERE model_hash = 'm' AND scorer_hash = 's' AND device = 'cpu'";
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[];
    expect(plan.map(({ detail }) => detail).join("; ")).toMatch(/SEARCH speeds USING PRIMARY KEY/);
  });
});

describe("what jobs took", () => {
  test("is kept of the last five of each model, scorer and device, newest first", () => {
    const repository = speedsRepository(database);
    repository.add(speed("other", { modelHash: "another" }));
    repository.add(speed("elsewhere", { device: "cuda" }));
    for (let job = 1; job <= 8; job++) repository.add(speed(`job-${job}`));
    expect(repository.list(key).map(({ job }) => job)).toEqual(["job-8", "job-7", "job-6", "job-5", "job-4"]);
    expect(repository.list({ ...key, device: "cuda" })).toMatchObject([{ job: "elsewhere", items: 1000, rate: 500 }]);
    expect(database.prepare("SELECT count(*) FROM speeds").pluck().get()).toBe(7);
  });
});
