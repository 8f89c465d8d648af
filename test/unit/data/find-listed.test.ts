import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { compareCodePoints } from "../../../electron/data/listing/code-points.ts";
import { findListedFile } from "../../../electron/data/listing/find-listed.ts";
import { writeListing } from "../../../electron/data/listing/listing-file.ts";
import { Damage } from "../../../electron/registry/rows/damage.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const folder = temporaryFolder("find-listed");

function listOf(name: string, paths: readonly string[]): string {
  const list = path.join(folder, `${name}.jsonl`);
  const files = [...paths]
    .sort(compareCodePoints)
    .map((file, place) => ({ path: file, sizeBytes: place, modifiedMs: place + 0.5, inode: place + 1 }));
  writeListing(list, { files, bytes: 0, skipped: 0, skippedBy: {}, skippedNames: {} });
  return list;
}

it("every file of a list is found by its path, whatever its name, and no other", async () => {
  const odd = [
    "{a}.png",
    '"quoted".png',
    "line\nbreak.png",
    "=1+1.png",
    "ÿ.png",
    "\u{1f600}.png",
    "\ufffd.png",
    "x".repeat(4000),
  ];
  const paths = [...odd, ...Array.from({ length: 150 }, (_, place) => `folder ${place % 7}/${place}.png`)];
  const list = listOf("many", paths);
  for (const [place, file] of [...paths].sort(compareCodePoints).entries()) {
    expect(await findListedFile(list, file), file).toMatchObject({ path: file, sizeBytes: place, inode: place + 1 });
  }
  for (const file of ["", "0", "folder 3", "folder 3/", "folder 3/5.png", "~", "\u{10ffff}"]) {
    expect(await findListedFile(list, file), file).toBeNull();
  }
});

it("a list of one file or of none is one too", async () => {
  expect(await findListedFile(listOf("one", ["a.png"]), "a.png")).toMatchObject({ path: "a.png" });
  expect(await findListedFile(listOf("one", ["a.png"]), "b.png")).toBeNull();
  expect(await findListedFile(listOf("none", []), "a.png")).toBeNull();
});

it("a line that was not written by a list is damage", async () => {
  const list = path.join(folder, "damaged.jsonl");
  writeFileSync(list, '{"version":1}\n["a.png"]\n');
  await expect(findListedFile(list, "a.png")).rejects.toThrow(Damage);
});
