import { describe, expect, it } from "vitest";
import { filePathOf, foldedName, foldersOf } from "../../../../electron/remote/storage/fetching/blob-names.ts";

describe("the name of a blob", () => {
  it.each(["a.csv", "a/b/c", "日本/é.csv", "a b", "...", ".hidden", "-rf", "a'b\"c", "~"])("is a path: %s", (name) => {
    expect(filePathOf(name, "linux")).toBe(name);
  });

  it.each([
    "",
    ".",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "/a",
    "a/",
    "a//b",
    "./a",
    "a\0b",
    "x".repeat(256),
    "é".repeat(128),
    "\ud800",
  ])("is none anywhere: %j", (name) => {
    expect(filePathOf(name, "linux")).toBeNull();
    expect(filePathOf(name, "win32")).toBeNull();
  });

  it.each([
    "CON",
    "con.csv",
    "a/NUL",
    "COM1.txt",
    "lpt9",
    "a.",
    "a ",
    "a:b",
    "a\\b",
    "a?",
    "a*",
    "a|b",
    "a<b",
    'a"b',
    "a\nb",
    "c:/x",
  ])("is none on Windows: %j", (name) => {
    expect(filePathOf(name, "win32")).toBeNull();
  });

  it("is looked at as a file system may look at it", () => {
    expect(foldedName("É/X")).toBe(foldedName("e\u0301/x"));
    expect(foldersOf("a/b/c")).toEqual(["a", "a/b"]);
    expect(foldersOf("a")).toEqual([]);
  });
});
