import { expect, test } from "vitest";
import { chooseSqliteAddon } from "../../../electron/contract/processes/native-addons.ts";

const env = { BATCHDECK_SQLITE_BINDING: "/cache/sqlite.node" };

test("a runtime with the Node-API that SQLite's addon asks for loads that of the package, whatever is named", () => {
  for (const napi of ["10", "11"]) {
    expect(chooseSqliteAddon({ versions: { napi }, env })).toEqual({ ok: true, file: null });
    expect(chooseSqliteAddon({ versions: { napi }, env: {} })).toEqual({ ok: true, file: null });
  }
});

test("an older runtime loads the file that is named", () => {
  expect(chooseSqliteAddon({ versions: { napi: "9" }, env })).toEqual({ ok: true, file: "/cache/sqlite.node" });
});

test("an older runtime loads nothing where no file is named, and the sentence tells what to name", () => {
  expect(chooseSqliteAddon({ versions: { napi: "9" }, env: { BATCHDECK_SQLITE_BINDING: "" } })).toEqual({
    ok: false,
    message:
      "better-sqlite3 needs Node-API 10, and this runtime has 9: " +
      "BATCHDECK_SQLITE_BINDING must name a build of it for an older one.",
  });
  expect(chooseSqliteAddon({ versions: {}, env: {} }).ok).toBe(false);
});
