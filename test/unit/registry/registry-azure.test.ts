import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AzureRepository, azureRepository } from "../../../electron/registry/azure/azure.repository.ts";
import { azure } from "../../../electron/registry/migrations/0120-azure.ts";

let database: Database.Database;
let repository: AzureRepository;

beforeEach(() => {
  database = new Database(":memory:");
  azure.up(database);
  repository = azureRepository(database);
});
afterEach(() => {
  database.close();
});

const lab = { cloud: "AzureCloud", subscription: "s", resource_group: "g", workspace: "lab" };

describe("migration 120", () => {
  test("answers from its keys, and finds the oldest answers from an index", () => {
    const planOf = (query: string) =>
      (database.prepare(`EXPLAIN QUERY PLAN ${query}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join();
    expect(planOf("SELECT * FROM azure_answers WHERE account = 'a' AND address = 'x'")).toMatch(/USING INDEX/);
    expect(planOf("SELECT rowid FROM azure_answers ORDER BY seen_at DESC")).toMatch(/azure_answers_by_age/);
  });
});

describe("the chosen workspace", () => {
  test("is the one that was chosen last, and none once it is forgotten, with all that was seen", () => {
    expect(repository.chosen()).toBeNull();
    repository.choose(lab);
    repository.choose({ ...lab, workspace: "other" });
    expect(repository.chosen()).toEqual({ ...lab, workspace: "other" });
    repository.keepAnswer({ account: "eva", address: "/x" }, [1]);
    repository.forget();
    expect(repository.chosen()).toBeNull();
    expect(repository.answer({ account: "eva", address: "/x" })).toBeNull();
  });
});

describe("what Azure answered", () => {
  test("is kept for each account, and replaced by what it answers later", () => {
    const key = { account: "eva", address: "/x" };
    repository.keepAnswer(key, { value: 1 });
    repository.keepAnswer(key, { value: 2 });
    expect(repository.answer(key)).toMatchObject({ answer: { value: 2 }, seenAt: expect.stringMatching(/^\d{4}-/) });
    expect(repository.answer({ account: "kim", address: "/x" })).toBeNull();
    repository.forgetAnswers("eva");
    expect(repository.answer(key)).toBeNull();
  });

  test("is kept of the last two hundred questions", () => {
    for (let at = 0; at < 205; at++) {
      repository.keepAnswer({ account: "eva", address: `/${at}` }, at);
      database.prepare("UPDATE azure_answers SET seen_at = printf('%06d', rowid)").run();
    }
    expect(database.prepare("SELECT count(*) FROM azure_answers").pluck().get()).toBe(200);
    expect(repository.answer({ account: "eva", address: "/0" })).toBeNull();
    expect(repository.answer({ account: "eva", address: "/204" })).not.toBeNull();
  });

  test("is not there when it is damaged", () => {
    const key = { account: "eva", address: "/x" };
    repository.keepAnswer(key, { value: 1 });
    database.prepare("UPDATE azure_answers SET answer = '{'").run();
    expect(repository.answer(key)).toBeNull();
  });
});
