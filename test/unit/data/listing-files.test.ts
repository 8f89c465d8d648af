import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareCodePoints, type Listing, listInput } from "../../../electron/data/listing/listing.ts";
import { readListedFiles, readListingTotals, writeListing } from "../../../electron/data/listing/listing-file.ts";
import type { ItemSource } from "../../../electron/contract/nouns/scorer.ts";
import { seededRandom, shuffled } from "../../helpers/random.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

let base: string;
let root: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "batchdeck-listing-"));
  root = join(base, "in");
  mkdirSync(root);
});
afterEach(() => rmSync(base, { recursive: true }));

function put(path: string, text = "a\n1\n"): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function list(kind: ItemSource = "table-rows", recursive = true): Promise<Listing> {
  const listed = await listInput({ path: root, kind: "folder", recursive }, kind, () => undefined);
  if (!listed.ok) throw new Error(englishWords(listed.problem).message);
  return listed.value;
}

const paths = (listing: Listing): string[] => listing.files.map((file) => file.path);

test("files are in the order of their UTF-8 bytes, whatever order they were made in", async () => {
  const names = [
    "a.csv",
    "a/b.csv",
    "a-b.csv",
    "Z.csv",
    "é.csv",
    "z.csv",
    "a/é/x.csv",
    "\u{1f600}.csv",
    "\uff61.csv",
    "a0.csv",
  ];
  for (const name of shuffled(names, seededRandom(3))) put(name);
  const expected = [...names].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  expect(paths(await list())).toEqual(expected);
});

test("code points are compared as UTF-8 bytes are", () => {
  const random = seededRandom(8);
  const letters = ["a", "b", "/", "é", "\uff61", "\ue000", "\u{10000}", "\u{1f600}", "\u{10ffff}"];
  const text = (): string => Array.from({ length: 4 * random() }, () => letters[Math.floor(random() * 9)]).join("");
  for (let count = 0; count < 5000; count++) {
    const [left, right] = [text(), text()];
    expect(Math.sign(compareCodePoints(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
  }
});

test("hidden, system and unfinished files and those of other kinds are skipped and counted", async () => {
  for (const name of [
    "a.csv",
    ".b.csv",
    ".git/c.csv",
    "Thumbs.db",
    "d/desktop.ini",
    "e.csv.part",
    "f.png",
    "g",
    "H.CSV",
  ])
    put(name);
  const listing = await list();
  expect(paths(listing)).toEqual(["H.CSV", "a.csv"]);
  expect(listing.skippedBy).toEqual({ hidden: 2, system: 2, "unfinished-output": 1, "other-ending": 2 });
  expect(listing.skipped).toBe(7);
  expect(paths(await list("pictures"))).toEqual(["f.png"]);
});

test("files that a job of ours wrote are skipped in their own folder only", async () => {
  const job = JSON.stringify({ batchdeck: { version: "1", files: ["predictions.csv", "errors.csv"] }, name: "x" });
  for (const name of ["out/predictions.csv", "out/errors.csv", "out/data.csv", "predictions.csv"]) put(name);
  put("out/job.json", job);
  for (const [index, text] of [
    "{",
    "[]",
    '{"batchdeck": 1}',
    '{"batchdeck": {"version": "1", "files": [1]}}',
  ].entries()) {
    put(`other${index}/job.json`, text);
    put(`other${index}/predictions.csv`);
  }
  const listing = await list();
  expect(paths(listing)).toEqual([
    ...[0, 1, 2, 3].map((index) => `other${index}/predictions.csv`),
    "out/data.csv",
    "predictions.csv",
  ]);
  expect(listing.skippedBy).toEqual({ "our-output": 3, "other-ending": 4 });
});

test("links are followed inside the folder and nowhere else", async () => {
  put("real/a.csv");
  put(".store/hidden.csv");
  mkdirSync(join(base, "outside"));
  writeFileSync(join(base, "outside", "secret.csv"), "a\n1\n");
  writeFileSync(join(base, "in-not.csv"), "a\n1\n");
  symlinkSync(join(root, "real/a.csv"), join(root, "link.csv"));
  symlinkSync("../.store", join(root, "real/store"));
  symlinkSync(join(base, "outside"), join(root, "escape"));
  symlinkSync("../in-not.csv", join(root, "escape.csv"));
  symlinkSync("nowhere.csv", join(root, "broken.csv"));
  const listing = await list();
  expect(paths(listing)).toEqual(["link.csv", "real/a.csv", "real/store/hidden.csv"]);
  expect(listing.skippedBy).toEqual({ hidden: 1, "outside-link": 2, "broken-link": 1 });
});

test("links that lead round in a circle end", async () => {
  put("a/x.csv");
  put("b/y.csv");
  symlinkSync("..", join(root, "a/up"));
  symlinkSync("../b", join(root, "a/other"));
  symlinkSync("../a", join(root, "b/other"));
  const listing = await list();
  expect(paths(listing)).toEqual(["a/other/y.csv", "a/x.csv", "b/other/x.csv", "b/y.csv"]);
  expect(listing.skippedBy["repeated-link"]).toBeGreaterThan(0);
});

test("nested folders are left alone when they are not wanted", async () => {
  put("a.csv");
  put("b/c.csv");
  symlinkSync("b", join(root, "d"));
  const listing = await list("table-rows", false);
  expect(paths(listing)).toEqual(["a.csv"]);
  expect(listing.skipped).toBe(0);
});

test("sizes and times are those of the files, and their sum is told", async () => {
  put("a.csv", "12345");
  put("b.csv", "123");
  const listing = await list();
  expect(listing.files.map((file) => file.sizeBytes)).toEqual([5, 3]);
  expect(listing.bytes).toBe(8);
});

test("a folder that cannot be read is a problem that names it", async () => {
  // Longer than any path may be, put together from two halves: even root cannot list it.
  const half = Array.from({ length: 10 }, () => "n".repeat(220)).join("/");
  mkdirSync(join(root, half), { recursive: true });
  mkdirSync(join(base, "other", half), { recursive: true });
  renameSync(join(base, "other"), join(root, half, "other"));
  const listed = await listInput({ path: root, kind: "folder", recursive: true }, "table-rows", () => undefined);
  renameSync(join(root, half, "other"), join(base, "other"));
  expect(listed).toMatchObject({ ok: false, problem: { code: "input/unreadable" } });
  if (!listed.ok) expect(englishWords(listed.problem).message).toMatch(/^The folder "(n+\/)+.*" cannot be read\.$/);
});

test("an input that is not there, or is not what it is called, is refused", async () => {
  put("a.csv");
  put("b.xls");
  const code = async (path: string, kind: "folder" | "file"): Promise<string> => {
    const listed = await listInput({ path: join(root, path), kind, recursive: true }, "table-rows", () => undefined);
    return listed.ok ? listed.value.files.map((file) => file.path).join() : listed.problem.code;
  };
  expect(await code("nowhere", "folder")).toBe("input/not-found");
  expect(await code("a.csv", "folder")).toBe("input/unsupported");
  expect(await code("", "file")).toBe("input/unsupported");
  expect(await code("b.xls", "file")).toBe("input/unsupported");
  expect(await code("a.csv", "file")).toBe("a.csv");
});

test("a listing is read back from its file as it was written", async () => {
  for (let index = 0; index < 30; index++) put(`${index}-\u{1f600}\n"é".csv`, "x".repeat(index));
  const listing = await list();
  const path = join(base, "files.list");
  expect(await readListingTotals(path)).toBeNull();
  const totals = writeListing(path, listing);
  expect(await readListingTotals(path)).toEqual(totals);
  const files = [];
  for await (const file of readListedFiles(path)) files.push(file);
  expect(files).toEqual(listing.files);
});

test.skipIf(process.platform !== "linux")("where files lie is listed, too, and is no part of the hash", async () => {
  put("real/a.csv");
  put("b.csv");
  symlinkSync("real/a.csv", join(root, "link.csv"));
  for (const name of ["real/a.csv", "b.csv"]) utimesSync(join(root, name), 1_700_000_000, 1_700_000_000);
  const written = async (name: string) => {
    const path = join(base, name);
    const { sha256 } = writeListing(path, await list());
    const files = [];
    for await (const file of readListedFiles(path)) files.push(file);
    return { files, sha256 };
  };
  const first = await written("first.list");
  const inodes = ["b.csv", "real/a.csv", "real/a.csv"].map((name) => statSync(join(root, name)).ino);
  expect(first.files.map(({ path, inode, target }) => [path, inode, target])).toEqual([
    ["b.csv", inodes[0], undefined],
    ["link.csv", inodes[1], "real/a.csv"],
    ["real/a.csv", inodes[2], undefined],
  ]);
  const copy = join(base, "copy");
  cpSync(root, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  renameSync(root, join(base, "away"));
  renameSync(copy, root);
  const second = await written("second.list");
  expect(second.files).not.toEqual(first.files);
  expect(second.sha256).toBe(first.sha256);

  // The list of an earlier version, whose hash is that of its bytes.
  const lines = first.files.map(({ path, sizeBytes, modifiedMs }) => JSON.stringify([path, sizeBytes, modifiedMs]));
  const totals = { version: 1, files: 3, bytes: 12, skipped: 0, skippedBy: {} };
  const old = [JSON.stringify(totals), ...lines, ""].join("\n");
  expect(createHash("sha256").update(old).digest("hex")).toBe(first.sha256);
  writeFileSync(join(base, "old.list"), old);
  expect(await readListingTotals(join(base, "old.list"))).toEqual(totals);
  for await (const file of readListedFiles(join(base, "old.list"))) {
    expect([file.inode, file.target]).toEqual([undefined, undefined]);
  }
});

test("a workspace that lies inside the input is no data", async () => {
  put("rows.csv");
  put("work/registry.db");
  put("work/lease.db");
  put("work/jobs/one/listing.jsonl");
  const listing = await list();
  expect(paths(listing)).toEqual(["rows.csv"]);
  expect(listing.skippedBy).toEqual({ "our-workspace": 1 });
});
