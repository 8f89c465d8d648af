import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Input, listInput } from "../../../electron/data/listing/listing.ts";
import { readIfUnchanged, writeSeenListing } from "../../../electron/data/listing/seen-listing.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** A kept list is used only while listing the input would find the same. */
const base = temporaryFolder("seen-listing");
const seen = path.join(base, "seen.jsonl");
let root = "";
let folders = 0;

beforeEach(() => {
  folders += 1;
  root = path.join(base, `in-${folders}`);
  for (const name of ["a.csv", "b.csv", "inner/c.csv", "notes.pdf"]) put(name);
  fs.writeFileSync(path.join(root, "job.json"), outputRecord([]));
});

function put(name: string, text = "x\n1\n"): void {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
}

function outputRecord(files: readonly string[]): string {
  return JSON.stringify({ batchdeck: { version: "1", files } });
}

const inputOf = (changes: Partial<Input> = {}): Input => ({ path: root, kind: "folder", recursive: true, ...changes });

async function list(input: Input) {
  const listed = await listInput(input, "table-rows", () => undefined);
  if (!listed.ok) throw new Error(JSON.stringify(listed.problem));
  return listed.value;
}

async function keep(input = inputOf()): Promise<void> {
  fs.rmSync(seen, { force: true });
  writeSeenListing(seen, input, "table-rows", await list(input));
}

const read = (input = inputOf()) => readIfUnchanged(seen, input, "table-rows", () => undefined);

test("an unchanged folder has the list that listing it again would give", async () => {
  await keep();
  const { folders: _, ...listed } = await list(inputOf());
  expect(listed.files).toHaveLength(3);
  expect(await read()).toEqual(listed);
});

test("an unchanged single file has its list", async () => {
  const input = inputOf({ path: path.join(root, "a.csv"), kind: "file" });
  await keep(input);
  expect((await read(input))?.files.map((file) => file.path)).toEqual(["a.csv"]);
  put("a.csv", "x\n1\n2\n");
  expect(await read(input)).toBeNull();
});

describe("nothing is taken over once", () => {
  test.each<[string, () => void]>([
    ["a file was added", () => put("0.csv")],
    ["a file was added below", () => put("inner/d.csv")],
    ["a file that is left out was added", () => put("more.pdf")],
    ["an empty folder was added", () => fs.mkdirSync(path.join(root, "empty"))],
    ["a file is gone", () => fs.rmSync(path.join(root, "b.csv"))],
    ["a folder is gone", () => fs.rmSync(path.join(root, "inner"), { recursive: true })],
    ["a file was renamed", () => fs.renameSync(path.join(root, "a.csv"), path.join(root, "z.csv"))],
    ["a file grew", () => fs.appendFileSync(path.join(root, "inner/c.csv"), "2\n")],
    ["a file was written again", () => fs.utimesSync(path.join(root, "a.csv"), 5, 5)],
    [
      "a file became a folder of that name",
      () => {
        fs.rmSync(path.join(root, "notes.pdf"));
        fs.mkdirSync(path.join(root, "notes.pdf"));
      },
    ],
    ["a job.json names other files", () => fs.writeFileSync(path.join(root, "job.json"), outputRecord(["a.csv"]))],
    ["the whole input is gone", () => fs.rmSync(root, { recursive: true })],
    ["the list itself is gone", () => fs.rmSync(seen)],
    ["the list is cut short", () => fs.truncateSync(seen, fs.statSync(seen).size - 20)],
    [
      "the list ends between two lines",
      () => fs.writeFileSync(seen, fs.readFileSync(seen, "utf8").replace(/.*\n$/, "")),
    ],
    ["the list is no list", () => fs.writeFileSync(seen, '{"version":1}\n')],
  ])("%s", async (_what, change) => {
    await keep();
    expect(await read()).not.toBeNull();
    change();
    expect(await read()).toBeNull();
  });

  test("another input or other kinds of file are asked for", async () => {
    await keep();
    expect(await read(inputOf({ recursive: false }))).toBeNull();
    expect(await read(inputOf({ path: path.join(root, "inner") }))).toBeNull();
    expect(await readIfUnchanged(seen, inputOf(), "pictures", () => undefined)).toBeNull();
  });
});

test.skipIf(process.platform === "win32")("a folder with links is always listed", async () => {
  fs.symlinkSync(path.join(root, "a.csv"), path.join(root, "link.csv"));
  await keep();
  expect(fs.existsSync(seen)).toBe(false);
});

test("a folder with a workspace in it is always listed", async () => {
  put("workspace/registry.db");
  put("workspace/lease.db");
  await keep();
  expect(fs.existsSync(seen)).toBe(false);
});

test("a list that cannot be written is not kept, and nothing fails", async () => {
  const listed = await list(inputOf());
  const nowhere = path.join(base, "nowhere", "seen.jsonl");
  expect(() => writeSeenListing(nowhere, inputOf(), "table-rows", listed)).not.toThrow();
});
