import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { firstSchema } from "../../../electron/registry/migrations/0010-first-schema.ts";
import { queueAndDevices } from "../../../electron/registry/migrations/0020-queue-and-devices.ts";
import { environments } from "../../../electron/registry/migrations/0030-environments.ts";

let database: Database.Database;

beforeEach(() => {
  database = new Database(":memory:");
  database.pragma("foreign_keys = ON");
  firstSchema.up(database);
  queueAndDevices.up(database);
});
afterEach(() => {
  database.close();
});

describe("migration 30", () => {
  test("keeps models and deployments as they were: ONNX models, and nothing trusted", () => {
    database.exec(`
      INSERT INTO endpoints VALUES ('flowers', '', '{}', '{}', '', NULL, '{}', '', '');
      INSERT INTO models VALUES ('iris', '1', '00', 'iris/1', 'model.onnx', '{}', '');
      INSERT INTO deployments VALUES ('flowers', 'blue', '{}', 'iris', '1', 'local', '{}', '{}', '{}', '', '');
    `);
    environments.up(database);
    expect(database.prepare("SELECT type FROM models").pluck().all()).toEqual(["custom_model"]);
    expect(database.prepare("SELECT trusted_hash FROM deployments").pluck().all()).toEqual([null]);
  });

  test("forgets what an environment was chosen for when it goes", () => {
    environments.up(database);
    database.exec(`
      INSERT INTO environments VALUES ('here', 'python', '/usr/bin/python3', '3.11.2', '', '');
      INSERT INTO environment_choices VALUES ('azureml:there:1', 'HERE');
      DELETE FROM environments WHERE name = 'Here';
    `);
    expect(database.prepare("SELECT * FROM environment_choices").all()).toEqual([]);
  });
});
