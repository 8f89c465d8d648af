import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type AzureHistoryRepository,
  azureHistoryRepository,
} from "../../../electron/registry/azure/azure-history.repository.ts";
import { azureHistory } from "../../../electron/registry/migrations/0140-azure-history.ts";

let database: Database.Database;
let history: AzureHistoryRepository;

beforeEach(() => {
  database = new Database(":memory:");
  database.pragma("foreign_keys = ON");
  database.exec("CREATE TABLE jobs (name TEXT PRIMARY KEY COLLATE NOCASE); INSERT INTO jobs VALUES ('monday')");
  azureHistory.up(database);
  history = azureHistoryRepository(database);
});
afterEach(() => {
  database.close();
});

const at = { cloud: "AzureCloud", place: { subscription: "s", resource_group: "g", workspace: "lab" } };
const target = { ...at, endpoint: "churn", deployment: "blue", compute: "cpu" };
const run = { nodes: 2, bytes: 100, seconds: 60 };

describe("runs", () => {
  test("are kept of each deployment on its cluster, the last five, newest first", () => {
    for (let number = 1; number <= 7; number++) history.addRun(target, { ...run, job: `j${number}`, seconds: number });
    history.addRun({ ...target, deployment: "green" }, { ...run, job: "other" });
    expect(history.runs(target).map(({ seconds }) => seconds)).toEqual([7, 6, 5, 4, 3]);
    expect(history.runs({ ...target, compute: "gpu" })).toEqual([]);
    const shouted = { ...at.place, workspace: "LAB" };
    expect(history.runs({ ...target, endpoint: "Churn", place: shouted })).toHaveLength(5);
  });
});

describe("uploads", () => {
  const to = { store: "account/data", listing: "ab" };

  test("say who sent these files to that place, and keep the speed of the first time", () => {
    history.addUpload(to, { job: "monday", speed: { bytes: 10, seconds: 1 } });
    history.addUpload(to, { job: "tuesday", speed: null });
    expect(history.sentBy(to)).toBe("tuesday");
    expect(history.sentBy({ ...to, store: "other/data" })).toBeNull();
    expect(history.speeds("account/data")).toEqual([{ bytes: 10, seconds: 1 }]);
  });

  test("are kept of the last five hundred", () => {
    for (let number = 0; number < 510; number++) {
      history.addUpload({ ...to, listing: String(number) }, { job: "j", speed: null });
      database.prepare("UPDATE azure_uploads SET ended_at = printf('%06d', listing)").run();
    }
    expect(database.prepare("SELECT count(*) FROM azure_uploads").pluck().get()).toBe(500);
  });
});

describe("the price of a node", () => {
  test("is kept for its cluster until it is taken away, and passed over when it makes no sense", () => {
    history.setPrice(at, "cpu", { amount: 1.25, currency: "EUR" });
    expect(history.price(at, "CPU")).toEqual({ amount: 1.25, currency: "EUR" });
    expect(history.price(at, "gpu")).toBeNull();
    database.exec("UPDATE azure_prices SET currency = 'pebbles'");
    expect(history.price(at, "cpu")).toBeNull();
    history.setPrice(at, "cpu", null);
    expect(database.prepare("SELECT count(*) FROM azure_prices").pluck().get()).toBe(0);
  });
});

describe("the limit of an upload", () => {
  test("goes with its job", () => {
    history.limitUpload("monday", 500_000);
    expect(history.uploadLimit("Monday")).toBe(500_000);
    history.limitUpload("monday", 1_000_000);
    expect(history.uploadLimit("monday")).toBe(1_000_000);
    database.exec("DELETE FROM jobs");
    expect(history.uploadLimit("monday")).toBeNull();
  });

  test("is none again", () => {
    history.limitUpload("monday", 500_000);
    history.limitUpload("monday", null);
    expect(history.uploadLimit("monday")).toBeNull();
  });
});
