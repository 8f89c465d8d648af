import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Listed } from "../../../electron/contract/messages/content-messages.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";
import { contentAddress, startContentChecks } from "../../../electron/data/content/ask-content-address.ts";
import { compareCodePoints } from "../../../electron/data/listing/code-points.ts";
import { writeListing } from "../../../electron/data/listing/listing-file.ts";
import { noSkips } from "../../../electron/data/listing/skips.ts";
import { listFiles, writeFiles } from "../../azure/storage/contents.ts";
import { programs } from "../../azure/storage/open-store.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { valueOf } from "../../helpers/value-of.ts";

/** The name of what a folder holds, found by a process of its own. */
const root = temporaryFolder("content-address");
const uncancelled = new AbortController().signal;

function addressOf(
  folder: string,
  files: Listed = { kind: "files", files: [...listFiles(folder)] },
  ledger = "content.db",
) {
  return contentAddress(
    programs,
    { folder, files, ledgerFile: path.join(path.dirname(folder), ledger) },
    () => undefined,
    uncancelled,
  );
}

function newFolder(name: string, files: Readonly<Record<string, number>>): string {
  const folder = path.join(root, name, "files");
  writeFiles(folder, files);
  return folder;
}

describe("a content address", () => {
  it("is that of the paths, sizes and contents, wherever they lie and however they are listed", async () => {
    const files = { "b/z.csv": 3, "a.csv": 100, "日本.csv": 0 };
    const [one, other] = [newFolder("one", files), newFolder("other", files)];
    const content = valueOf(await addressOf(one));
    expect(content).toMatchObject({ files: 3, bytes: 103 });
    expect(valueOf(await addressOf(other))).toEqual(content);
    const listing = path.join(root, "other", "files.jsonl");
    const listed = [...listFiles(other)].sort((left, right) => compareCodePoints(left.path, right.path));
    writeListing(listing, { files: listed, bytes: 103, ...noSkips });
    expect(valueOf(await addressOf(other, { kind: "listing", file: listing }, "by-listing.db"))).toEqual(content);

    fs.renameSync(path.join(other, "a.csv"), path.join(other, "c.csv"));
    expect(valueOf(await addressOf(other)).address).not.toBe(content.address);
  });

  it("does not read a file again that the ledger knows, and reads one that has changed", async () => {
    const folder = newFolder("known", { "a.csv": 10, "b.csv": 10 });
    const file = path.join(folder, "a.csv");
    fs.utimesSync(file, 1, 1);
    const { address } = valueOf(await addressOf(folder));
    // Other bytes with the facts of those before: who reads them finds another address.
    fs.writeFileSync(file, "0123456789");
    fs.utimesSync(file, 1, 1);
    expect(valueOf(await addressOf(folder)).address).toBe(address);
    expect(valueOf(await addressOf(folder, undefined, "new.db")).address).not.toBe(address);
    fs.utimesSync(file, 1, 2);
    expect(valueOf(await addressOf(folder)).address).not.toBe(address);
  });

  it("is none of a file that is not the one that was listed", async () => {
    const folder = newFolder("changed", { "a.csv": 10 });
    const files = { kind: "files", files: [...listFiles(folder)] } as const;
    fs.appendFileSync(path.join(folder, "a.csv"), "more");
    const found = await addressOf(folder, files);
    expect(!found.ok && problemSentence(found.problem)).toMatch(/^"a\.csv" is not the file that was listed any more\./);
  });

  it("is made anew when the ledger is damaged", async () => {
    const folder = newFolder("damaged", { "a.csv": 10 });
    const content = valueOf(await addressOf(folder));
    fs.writeFileSync(path.join(root, "damaged", "content.db"), "no database at all");
    expect(valueOf(await addressOf(folder))).toEqual(content);
  });

  it("ends with its signal, which ends the process", async () => {
    const folder = newFolder("cancelled", { "a.csv": 10 });
    const cut = new AbortController();
    const files = { kind: "files", files: [...listFiles(folder)] } as const;
    const asked = contentAddress(
      programs,
      { folder, files, ledgerFile: path.join(root, "cancelled", "content.db") },
      () => undefined,
      cut.signal,
    );
    cut.abort();
    expect(await asked).toMatchObject({ ok: false, problem: { code: "azure/cancelled" } });
  });
});

it("files that hold something else than was said are found", async () => {
  const folder = newFolder("checked", { good: 0, bad: 5 });
  const checks = startContentChecks(programs);
  const files = ["good", "bad"].map((name) => ({
    path: path.join(folder, name),
    md5: "d41d8cd98f00b204e9800998ecf8427e",
  }));
  expect(valueOf(await checks.findDamaged(files, uncancelled))).toEqual([path.join(folder, "bad")]);
  checks.end();
});
