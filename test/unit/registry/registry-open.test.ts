import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Migration } from "../../../electron/registry/migrations.ts";
import { dataVersion, inDurableTransaction, openDatabase } from "../../../electron/registry/open-database.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

let folder = "";
let file = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-registry-"));
  file = path.join(folder, "some.db");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const first: Migration = {
  number: 10,
  name: "notes",
  up: (database) => {
    database.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  },
};
const second: Migration = {
  number: 20,
  name: "colours",
  up: (database) => {
    database.exec("ALTER TABLE notes ADD COLUMN colour TEXT NOT NULL DEFAULT 'white'");
  },
};
const broken: Migration = {
  number: 30,
  name: "broken",
  up: (database) => {
    database.exec("CREATE TABLE half (id INTEGER)");
    database.exec("ALTER TABLE nowhere ADD COLUMN x");
  },
};

function open(migrations: readonly Migration[]) {
  const opened = openDatabase(file, migrations);
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  return opened.value;
}

describe("an opened database", () => {
  test("writes ahead, checks foreign keys and waits for other writers", () => {
    const database = open([first]);
    expect({
      journal: database.pragma("journal_mode", { simple: true }),
      keys: database.pragma("foreign_keys", { simple: true }),
      busyTimeout: database.pragma("busy_timeout", { simple: true }),
      synchronous: database.pragma("synchronous", { simple: true }),
    }).toEqual({ journal: "wal", keys: 1, busyTimeout: 5000, synchronous: 1 });
    database.close();
  });

  test("syncs a durable transaction fully, also one that throws, and nothing after it", () => {
    const database = open([first]);
    const level = () => database.pragma("synchronous", { simple: true });
    const full = 2;
    expect(inDurableTransaction(database, level)).toBe(full);
    expect(() =>
      inDurableTransaction(database, () => {
        database.exec("INSERT INTO notes (text) VALUES ('lost')");
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(level()).toBe(1);
    expect(database.prepare("SELECT count(*) AS n FROM notes").get()).toEqual({ n: 0 });
    database.close();
  });

  test("notices what another connection writes, and only that", () => {
    const [one, other] = [open([first]), open([first])];
    const before = dataVersion(one);
    one.exec("INSERT INTO notes (text) VALUES ('mine')");
    expect(dataVersion(one)).toBe(before);
    other.exec("INSERT INTO notes (text) VALUES ('theirs')");
    expect(dataVersion(one)).not.toBe(before);
    one.close();
    other.close();
  });
});

describe("migrations", () => {
  test("keep a readable copy of the file before the first step, and none of a new file", () => {
    const old = open([first]);
    old.exec("INSERT INTO notes (text) VALUES ('kept')");
    old.close();
    expect(readdirSync(folder).filter((name) => name.includes("copy"))).toEqual([]);
    const migrated = open([first, second]);
    expect(migrated.prepare("SELECT * FROM notes").all()).toEqual([{ id: 1, text: "kept", colour: "white" }]);
    migrated.close();
    const copy = new Database(`${file}.version-10.copy`, { readonly: true });
    expect(copy.pragma("user_version", { simple: true })).toBe(10);
    expect(copy.prepare("SELECT * FROM notes").all()).toEqual([{ id: 1, text: "kept" }]);
    copy.close();
  });

  test("copy what is still only in the write-ahead log", () => {
    const living = open([first]);
    living.exec("INSERT INTO notes (text) VALUES ('in the log')");
    open([first, second]).close();
    const copy = new Database(`${file}.version-10.copy`, { readonly: true });
    expect(copy.prepare("SELECT text FROM notes").all()).toEqual([{ text: "in the log" }]);
    copy.close();
    living.close();
  });

  test("leave everything as it was when one of them fails", () => {
    open([first]).close();
    const failed = openDatabase(file, [first, second, broken]);
    expect(failed).toMatchObject({ ok: false, problem: { code: "workspace/unusable" } });
    if (!failed.ok) expect(englishWords(failed.problem).message).toContain("30 (broken)");
    const database = open([first]);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([{ name: "notes" }]);
    database.close();
  });

  test("refuse a file of a newer version and do not touch it", () => {
    open([first, second]).close();
    const before = readFileSync(file);
    expect(openDatabase(file, [first])).toMatchObject({ ok: false, problem: { code: "workspace/newer-version" } });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("must be numbered in tens that go up", () => {
    expect(() => openDatabase(file, [second, first])).toThrow("multiple of ten");
    expect(() => openDatabase(file, [{ ...first, number: 15 }])).toThrow("multiple of ten");
    expect(existsSync(file)).toBe(false);
  });
});

describe("a file that cannot be opened is a problem when", () => {
  test("it is not a database", () => {
    writeFileSync(file, "this is a letter, and a long one: ".repeat(100));
    expect(openDatabase(file, [first])).toMatchObject({ ok: false, problem: { code: "registry/damaged" } });
  });

  test("its pages are damaged", () => {
    const database = open([first]);
    const insert = database.prepare("INSERT INTO notes (text) VALUES (?)");
    for (let row = 0; row < 500; row += 1) insert.run("a note of some length ".repeat(20));
    database.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4096 * 3, 4096 * 8);
    writeFileSync(file, bytes);
    const opened = openDatabase(file, [first]);
    expect(opened).toMatchObject({ ok: false, problem: { code: "registry/damaged" } });
    if (!opened.ok) expect(englishWords(opened.problem).message).toMatch(/^The file "[^"]+" is damaged: [^\n]+\.$/);
  });

  test("its folder is not there", () => {
    const opened = openDatabase(path.join(folder, "nowhere", "some.db"), [first]);
    expect(opened).toMatchObject({ ok: false, problem: { code: "workspace/unusable" } });
  });
});
