import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { failure, success } from "../../../electron/contract/problem.ts";
import { createInputCache, type InputCache } from "../../../electron/jobs/folder/input-cache.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

/** What jobs downloaded, by content, within a limit. */
const home = temporaryFolder("input-cache");
const jobs = path.join(home, "jobs");
let count = 0;

const file = (name: string, sizeBytes: number, version = "1") => ({ identity: `far/${name}`, version, sizeBytes });

/** As a job that wants it: what it had to fetch is written. Its folder is that of the job. */
async function want(cache: InputCache, wanted: ReturnType<typeof file>, job: string) {
  const target = path.join(jobs, job, path.basename(wanted.identity));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const provided = await cache.provide(wanted, target, async () => {
    count += 1;
    fs.writeFileSync(target, Buffer.alloc(wanted.sizeBytes, count), { flag: "wx" });
    return success(null);
  });
  return provided.ok ? provided.value : provided.problem.code;
}

const forget = (job: string) => fs.rmSync(path.join(jobs, job), { recursive: true });

/** The file system notes the times at which names go, and they have to differ. */
async function later(): Promise<void> {
  const probe = path.join(home, "probe");
  fs.writeFileSync(probe, "");
  const before = fs.statSync(probe).ctimeMs;
  await until(() => {
    fs.chmodSync(probe, 0o600);
    return fs.statSync(probe).ctimeMs > before;
  });
}

it("keeps what no job has any more up to the limit, and drops the longest unused first", async () => {
  const cache = createInputCache(home, 250);
  for (const [index, name] of ["a", "b", "c", "d"].entries()) {
    expect(await want(cache, file(name, 100), `job-${index}`)).toBe("fetched");
  }
  await cache.trim();
  // All jobs have theirs: nothing is dropped, whatever the limit.
  expect(await want(cache, file("a", 100), "again")).toBe("kept");
  forget("again");
  for (const job of ["job-1", "job-0", "job-2"]) {
    forget(job);
    await later();
    await cache.trim();
  }
  expect(await Promise.all(["a", "b", "c", "d"].map((name) => cache.has(file(name, 100))))).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(fs.readFileSync(path.join(jobs, "job-3", "d"))).toHaveLength(100);
});

it("of nothing keeps nothing that no job has, and takes nothing from a job", async () => {
  const cache = createInputCache(path.join(home, "none"), 0);
  expect(await want(cache, file("x", 10), "x-1")).toBe("fetched");
  await cache.trim();
  expect(await want(cache, file("x", 10), "x-2")).toBe("kept");
  forget("x-1");
  forget("x-2");
  await cache.trim();
  expect(await want(cache, file("x", 10), "x-3")).toBe("fetched");
});

it("tells contents apart by version and size, and keeps nothing that has no version", async () => {
  const cache = createInputCache(home, 1e6);
  expect(await want(cache, file("v", 10, "1"), "v-1")).toBe("fetched");
  expect(await want(cache, file("v", 10, "2"), "v-2")).toBe("fetched");
  expect(await want(cache, file("v", 11, "1"), "v-3")).toBe("fetched");
  expect(await want(cache, file("v", 10, "1"), "v-4")).toBe("kept");
  expect(await want(cache, file("w", 10, ""), "w-1")).toBe("fetched");
  expect(await want(cache, file("w", 10, ""), "w-2")).toBe("fetched");
});

it("fetches what is kept but is no longer as long as it was", async () => {
  const cache = createInputCache(home, 1e6);
  expect(await want(cache, file("s", 10), "s-1")).toBe("fetched");
  fs.truncateSync(path.join(jobs, "s-1", "s"), 5);
  expect(await want(cache, file("s", 10), "s-2")).toBe("fetched");
  expect(await want(cache, file("s", 10), "s-3")).toBe("kept");
});

it("has jobs that want the same wait for one fetch, and the next one fetch where it failed", async () => {
  const cache = createInputCache(home, 1e6);
  const target = path.join(home, "failed");
  const failed = cache.provide(file("p", 10), target, async () =>
    failure("input/unreadable:download-short", { file: "p", bytes: 0, expected: 10 }),
  );
  const others = Promise.all(["p-1", "p-2", "p-3"].map((job) => want(cache, file("p", 10), job)));
  expect((await failed).ok).toBe(false);
  expect((await others).toSorted()).toEqual(["fetched", "kept", "kept"]);
});
