import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { failure, problemOf, type Result, success } from "../../../electron/contract/problem.ts";
import { followAzureLog } from "../../../electron/jobs/folder/azure-log.ts";
import { createJobLogs, type OpenLogs } from "../../../electron/remote/runs/job-logs.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { until } from "../../helpers/until.ts";

const root = temporaryFolder("job-logs");
const file = "user_logs/std_log_0.txt";
let jobs = 0;

/** Logs of one job: `blobs` is what Azure has, and each look is waited for. */
function newLogs() {
  jobs += 1;
  const folder = path.join(root, String(jobs));
  fs.mkdirSync(folder);
  const blobs = new Map<string, string>();
  const asked = { bytes: 0, listed: 0, looks: 0, now: 0 };
  const read = new Set<string>();
  let problem: Result<never> | null = null;
  let isSilent = false;
  const open: OpenLogs = {
    prefix: "p",
    store: {
      list(prefix, signal) {
        if (isSilent) {
          return new Promise((resolve) => {
            signal.addEventListener("abort", () => resolve(failure("azure/cancelled")));
          });
        }
        const facts = { modifiedMs: 0, etag: "", md5: null };
        const found = [...blobs].flatMap(([name, text]) => {
          if (!`p/${name}`.startsWith(`${prefix}/`)) return [];
          const below = `p/${name}`.slice(prefix.length + 1);
          return [{ path: below, sizeBytes: Buffer.byteLength(text), ...facts }];
        });
        asked.listed += found.length;
        return Promise.resolve(problem ?? success(found));
      },
      read({ name, start, length }) {
        asked.bytes += length;
        read.add(name);
        const bytes = Buffer.from(blobs.get(name.slice("p/".length)) ?? "");
        return Promise.resolve(success(bytes.subarray(start, start + length)));
      },
    },
  };
  const begin = () =>
    createJobLogs({
      folder,
      source() {
        asked.looks += 1;
        return Promise.resolve(success(open));
      },
      now: () => asked.now,
      stopped: new AbortController().signal,
    });
  const next = followAzureLog(path.join(folder, "logs"));
  let logs = begin();
  return {
    ...{ blobs, asked, read, next },
    refuse: (refusal: Result<never> | null) => void (problem = refusal),
    silence: () => void (isSilent = true),
    restart: () => void (logs = begin()),
    finish: () => logs.finish(),
    look: async () => {
      const before = asked.looks;
      logs.look();
      await until(() => asked.looks > before);
      await new Promise((resolve) => setImmediate(resolve));
    },
    lookNow: () => logs.look(),
  };
}

describe("logs of a job in Azure", () => {
  it("come line by line as they grow, each under the name of its file", async () => {
    const { blobs, look, next, finish } = newLogs();
    blobs.set(file, "one\ntw");
    await look();
    expect(next()).toEqual([`==> ${file} <==`, "one"]);
    blobs.set(file, "one\ntwo\r\n");
    blobs.set("logs/sys/node/10.0.0.4/process000.txt", "of the service's own\n");
    await look();
    expect(next()).toEqual(["two"]);
    blobs.set("logs/user/error.txt", "it failed");
    await look();
    expect(next()).toEqual([]);
    await finish();
    expect(next()).toEqual(["==> logs/user/error.txt <==", "it failed"]);
  });

  it("go on after a restart, and begin anew in a file that has become shorter", async () => {
    const { blobs, look, next, restart } = newLogs();
    blobs.set(file, "one\n");
    await look();
    restart();
    blobs.set(file, "one\ntwo\n");
    await look();
    expect(next()).toEqual([`==> ${file} <==`, "one", `==> ${file} <==`, "two"]);
    blobs.set(file, "new\n");
    await look();
    expect(next()).toEqual(["new"]);
  });

  it("hold nothing that steers a terminal, and of a long one its end", async () => {
    const { blobs, look, next, asked } = newLogs();
    const many = Array.from({ length: 100_000 }, (_, index) => `line ${index} \u001b[2J\u202e`).join("\n");
    blobs.set(file, `${many}\n`);
    await look();
    const lines = next();
    expect(asked.bytes).toBeLessThanOrEqual(64 * 1024);
    expect(lines[1]).toMatch(/^\(\d+ bytes before this are left out\)$/);
    expect(lines.at(-1)).toBe("line 99999  [2J\\u{202e}");
  });

  it("are looked for where logs lie, and not among what the job has made", async () => {
    const { blobs, look, next, asked } = newLogs();
    for (const name of ["outputs/part-0.txt", "images/logs/one.txt", "azureml-logs/70_driver_log.txt", file]) {
      blobs.set(name, "one\n");
    }
    await look();
    expect(asked.listed).toBe(2);
    expect(next().filter((line) => line === "one")).toHaveLength(2);
  });

  it("of many files are written at once, not one after another", async () => {
    const { blobs, look, next } = newLogs();
    const opened = vi.spyOn(fs, "openSync");
    const written = vi.spyOn(fs, "writeFileSync");
    onTestFinished(() => void vi.restoreAllMocks());
    for (const node of [1, 2, 3]) blobs.set(`logs/azureml/node-${node}.txt`, `of ${node}\n`);
    await look();
    expect(opened.mock.calls.filter(([, flags]) => flags === "a")).toHaveLength(1);
    expect(written).toHaveBeenCalledTimes(1);
    expect(next()).toHaveLength(6);
  });

  it("of many nodes are all read that have grown a little, and by turns where they grow fast", async () => {
    const { blobs, look, read, asked } = newLogs();
    const many = Array.from({ length: 400 }, (_, index) => `logs/azureml/node-${index}.txt`);
    for (const name of many) blobs.set(name, "one\n");
    await look();
    expect(read.size).toBe(400);
    read.clear();
    for (const kilobytes of [8, 16]) {
      asked.bytes = 0;
      for (const name of many) blobs.set(name, `${"x".repeat(1023)}\n`.repeat(kilobytes));
      await look();
      expect(asked.bytes).toBeLessThanOrEqual(1024 * 1024);
    }
    expect(read.size).toBe(400);
  });

  it.each(["a look before", "no look before"])(
    "that nobody gives hold up the job's end for half a minute at most, with %s",
    async (before) => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const { lookNow, silence, finish } = newLogs();
      silence();
      if (before === "a look before") lookNow();
      let isDone = false;
      const end = finish().then(() => (isDone = true));
      await vi.advanceTimersByTimeAsync(29_000);
      expect(isDone).toBe(false);
      await vi.advanceTimersByTimeAsync(1000);
      expect(isDone).toBe(true);
      await end;
    },
  );

  it("are not asked for again at once after a refusal, which is said once", async () => {
    const { blobs, look, lookNow, next, refuse, asked } = newLogs();
    blobs.set(file, "one\n");
    refuse({
      ok: false,
      problem: problemOf("azure/forbidden:blobs", { container: "https://c", role: "Storage Blob Data Reader" }),
    });
    await look();
    expect(next()).toEqual([expect.stringMatching(/^Azure's logs cannot be read\. .*Storage Blob Data Reader/)]);
    lookNow();
    expect(asked.looks).toBe(1);
    asked.now = 6000;
    refuse(null);
    await look();
    expect(next()).toEqual([`==> ${file} <==`, "one"]);
  });
});
