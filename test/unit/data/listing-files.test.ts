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
import { compareCodePoints } from "../../../electron/data/listing/code-points.ts";
import { type Listing, listInput } from "../../../electron/data/listing/listing.ts";
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
  expect(listing.skippedBy).toEqual({
    hidden: 2,
    system: 2,
    "unfinished-output": 1,
    "other-ending": 1,
    "other-content": 1,
  });
  expect(listing.skippedNames).toEqual({
    hidden: [".b.csv", ".git"],
    system: ["Thumbs.db", "d/desktop.ini"],
    "unfinished-output": ["e.csv.part"],
    "other-ending": ["f.png"],
    "other-content": ["g"],
  });
  expect(listing.skipped).toBe(7);
  expect(paths(await list("pictures"))).toEqual(["f.png"]);
});

test("of the files that are left out the first five of each reason are named, in order", async () => {
  const names = Array.from({ length: 12 }, (_, index) => `${String.fromCharCode(97 + index)}.pdf`);
  for (const name of shuffled(names, seededRandom(5))) put(`in/${name}`);
  put("a.csv");
  const listing = await list();
  expect(listing.skippedBy).toEqual({ "other-ending": 12 });
  expect(listing.skippedNames).toEqual({ "other-ending": names.slice(0, 5).map((name) => `in/${name}`) });
  const kept = writeListing(join(base, "listing.jsonl"), listing);
  expect(kept.skippedNames).toEqual(listing.skippedNames);
});

const table = "a,b\n1,2\n3,4\n";
const byContent: readonly (readonly [name: string, content: string | Buffer, format: string])[] = [
  ["part-00000", table, "delimited"],
  ["adult.data", "39, State-gov, 77516\n50, Self-emp, 83311\n", "delimited"],
  ["export.2024-01", table.replaceAll(",", ";"), "delimited"],
  ["x.dat", table.replaceAll(",", "\t"), "delimited"],
  ["x.psv", `\ufeff${table.replaceAll(",", "|")}`, "delimited"],
  ["quoted.log", 'a,b\n"1\n,",2\n', "delimited"],
  ["train.json", '{"a": 1}\n{"a": 2}\n', "json-lines"],
  ["lines", '\n{"a": 1}\r\n\r\n{"a": 2}', "json-lines"],
  ["table", Buffer.from("PAR1 and more"), "parquet"],
];

test.each(byContent)(
  "a table in a file with no ending or an unknown one is found by its content: %s",
  async (name, content, format) => {
    writeFileSync(join(root, name), content);
    const listing = await list();
    expect(listing.files.map(({ path, format: found }) => [path, found])).toEqual([[name, format]]);
    expect(listing.skipped).toBe(0);
    // The list that a job keeps says so, too.
    writeListing(join(base, "listing.jsonl"), listing);
    const kept = [];
    for await (const file of readListedFiles(join(base, "listing.jsonl"))) kept.push(file);
    expect(kept).toEqual(listing.files);
    // So does a single file, and nothing else is read of it.
    const one = await listInput(
      { path: join(root, name), kind: "file", recursive: true },
      "table-rows",
      () => undefined,
    );
    expect(one.ok && one.value.files[0]?.format).toBe(format);
  },
);

const noTables: readonly (readonly [name: string, content: string | Buffer, reason: string])[] = [
  ["README", table, "other-ending"],
  ["a.csv.bak", table, "other-ending"],
  ["a.csv~", table, "other-ending"],
  ["config.yml", table, "other-ending"],
  ["_SUCCESS", table, "other-ending"],
  ["_delta_log/0.json", '{"a": 1}\n{"a": 2}\n', "other-ending"],
  ["settings.json", '{\n  "a": 1\n}\n', "other-content"],
  ["one.json", '{"a": 1}\n', "other-content"],
  ["list.json", "[1, 2]\n[3, 4]\n", "other-content"],
  ["notes", "Dear all,\nthis is no table, is it, or\nis it?\n", "other-content"],
  ["one-column.dat", "a\n1\n2\n", "other-content"],
  ["header.dat", "a,b\n", "other-content"],
  ["binary", Buffer.from("1,2\n\0,3\n"), "other-content"],
  ["nothing", "", "other-content"],
];

test.each(noTables)("what only looks like one is left out and named: %s", async (name, content, reason) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), content);
  const listing = await list();
  expect(listing.files).toEqual([]);
  expect(listing.skippedNames).toEqual({ [reason]: [name] });
});

test("pictures and texts with no ending are found by their content, too", async () => {
  writeFileSync(join(root, "0a1b2c"), Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
  put("51060", "From: somebody\n\nA text\n");
  put("page.html", "<p>\n");
  expect(paths(await list("pictures"))).toEqual(["0a1b2c"]);
  expect(paths(await list("text-files"))).toEqual(["51060"]);
  expect((await list("text-files")).skippedNames).toEqual({
    "other-content": ["0a1b2c"],
    "other-ending": ["page.html"],
  });
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
  expect(listing.skippedBy).toEqual({ "our-output": 3, "other-content": 4 });
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
