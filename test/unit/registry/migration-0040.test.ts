import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { firstSchema } from "../../../electron/registry/migrations/0010-first-schema.ts";
import { queueAndDevices } from "../../../electron/registry/migrations/0020-queue-and-devices.ts";
import { data } from "../../../electron/registry/migrations/0040-data.ts";

let database: Database.Database;

beforeEach(() => {
  database = new Database(":memory:");
  for (const step of [firstSchema, queueAndDevices, data]) step.up(database);
});
afterEach(() => {
  database.close();
});

describe("migration 40", () => {
  test("makes the tables of datastores and data assets, empty", () => {
    expect(database.prepare("SELECT * FROM datastores").all()).toEqual([]);
    expect(database.prepare("SELECT * FROM data_assets").all()).toEqual([]);
  });

  test("lets a version of a data asset be made once, whatever the case of its name, and of two types only", () => {
    const add = database.prepare("INSERT INTO data_assets VALUES (?, ?, ?, '/data', '', '')");
    add.run("rows", "1", "uri_folder");
    add.run("rows", "2", "uri_file");
    expect(() => add.run("ROWS", "1", "uri_folder")).toThrow(/UNIQUE/);
    expect(() => add.run("rows", "3", "mltable")).toThrow(/CHECK/);
  });
});
