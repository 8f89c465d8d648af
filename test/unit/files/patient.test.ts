import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { removeSync, rename, renameSync } from "../../../electron/files/patient.ts";
import { temporaryFolder } from "../../helpers/places.ts";

/** What the system answers while another program has a file open; test/faults/damage has the same with real jobs. */
const folder = temporaryFolder("patient");

afterEach(() => vi.restoreAllMocks());

function heldFor(times: number, code: string): () => never | undefined {
  let refused = 0;
  return () => {
    refused += 1;
    if (refused <= times) throw Object.assign(new Error("held"), { code });
    return undefined;
  };
}

function file(name: string): string {
  const place = path.join(folder, name);
  fs.writeFileSync(place, name);
  return place;
}

it("renames a file once the program that holds it lets go", async () => {
  const { rename: real } = fs.promises;
  const held = heldFor(3, "EPERM");
  vi.spyOn(fs.promises, "rename").mockImplementation(async (from, to) => held() ?? real(from, to));
  await rename(file("one"), path.join(folder, "other"));
  expect(fs.readFileSync(path.join(folder, "other"), "utf8")).toBe("one");
});

it("does so where nothing can be awaited", () => {
  const { renameSync: real } = fs;
  const held = heldFor(3, "EBUSY");
  vi.spyOn(fs, "renameSync").mockImplementation((from, to) => held() ?? real(from, to));
  renameSync(file("two"), path.join(folder, "two-renamed"));
  expect(fs.existsSync(path.join(folder, "two-renamed"))).toBe(true);
});

it("passes on what does not pass by itself, at once, and what lasts, in the end", async () => {
  await expect(rename(path.join(folder, "nowhere"), path.join(folder, "there"))).rejects.toMatchObject({
    code: "ENOENT",
  });
  vi.spyOn(fs, "rmSync").mockImplementation(() => {
    throw Object.assign(new Error("held"), { code: "EACCES" });
  });
  expect(() => removeSync(file("three"))).toThrow("held");
});
