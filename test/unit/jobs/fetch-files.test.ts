import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { success } from "../../../electron/contract/problem.ts";
import { contentKey, createInputCache } from "../../../electron/jobs/folder/input-cache.ts";
import { downloadedFolder, downloadFolder } from "../../../electron/jobs/folder/job-files.ts";
import { fetchFiles } from "../../../electron/jobs/run/fetch-files.ts";
import type { InputSource } from "../../../electron/jobs/submit/input-source.ts";
import { temporaryFolder } from "../../helpers/places.ts";

it("a file whose engine was killed just before it got its name is gone on with", async () => {
  const home = temporaryFolder("fetch-files");
  const folder = path.join(home, "job");
  const file = { path: "rows.csv", sizeBytes: 4, version: "1", identity: "far/rows.csv" };
  const part = path.join(downloadFolder(folder), "parts", `${contentKey(file)}.part`);
  fs.mkdirSync(path.dirname(part), { recursive: true });
  fs.writeFileSync(part, "a,b\n", { mode: 0o400 });
  const source: InputSource = {
    canFetch: () => true,
    isCharged: () => false,
    list: async () => success([file]),
    async fetch({ target }) {
      // By its mode: root may write whatever it says.
      expect(fs.statSync(target).mode & 0o200).toBe(0o200);
      return success(null);
    },
  };
  const { signal } = new AbortController();
  const cache = createInputCache(home, 0);
  const fetched = await fetchFiles({ source, cache, address: "far", files: [file], folder, signal }, () => {});
  expect(fetched).toEqual(success(null));
  const final = path.join(downloadedFolder(folder), "rows.csv");
  expect([fs.readFileSync(final, "utf8"), fs.statSync(final).mode & 0o222]).toEqual(["a,b\n", 0]);
});
