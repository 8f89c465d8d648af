import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Registry } from "../../../electron/registry/open-registry.ts";
import { openRegistry } from "../../../electron/registry/open-registry.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import { written } from "../../../electron/contract/problem.ts";

let folder = "";
let registry: Registry;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "batchdeck-jobs-"));
  registry = open();
});
afterEach(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): Registry {
  const opened = openRegistry(path.join(folder, "registry.db"));
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  return opened.value;
}

describe("a stored job", () => {
  test("is queued at the end, with its spec whole", () => {
    registry.jobs.add(jobSpec("one"));
    const added = registry.jobs.add(jobSpec("two"));
    expect(added).toMatchObject({ ok: true, value: { status: "Queued", request: null, spec: jobSpec("two") } });
    expect(registry.jobs.listUnfinished().map(({ name }) => name)).toEqual(["one", "two"]);
    expect(registry.jobs.list("flowers").map(({ name }) => name)).toEqual(["two", "one"]);
    expect(registry.jobs.list("trees")).toEqual([]);
  });

  test("keeps its name and its place to itself until it is finished", () => {
    registry.jobs.add(jobSpec("one"));
    expect(registry.jobs.add(jobSpec("ONE"))).toMatchObject({ ok: false, problem: { code: "job/exists" } });
    const sameFolder = jobSpec("two", { output: { ...jobSpec("one").output, fileName: "other.csv" } });
    expect(registry.jobs.add(sameFolder)).toMatchObject({ ok: false, problem: { code: "output/exists" } });
    registry.jobs.move("one", ["Queued"], "CancelRequested", null);
    registry.jobs.move("one", ["CancelRequested"], "Canceled", null);
    expect(registry.jobs.add(sameFolder)).toMatchObject({ ok: true });
  });

  test("is gone with its history and its waiters when removed", () => {
    registry.jobs.add(jobSpec("one"));
    registry.waiters.add({ id: "w", job: "one", pid: 1 });
    expect(registry.jobs.remove("one")).toBe(true);
    expect(registry.jobs.history("one")).toEqual([]);
    expect(registry.waiters.beat("w")).toBe(false);
    expect(registry.jobs.remove("one")).toBe(false);
  });
});

describe("a move", () => {
  test("writes status, history and changes at once", () => {
    registry.jobs.add(jobSpec("one"));
    const startedAt = new Date(0).toISOString();
    expect(
      registry.jobs.move(
        "one",
        ["Queued"],
        "Preparing",
        { kind: "retried", by: "three" },
        { engineEpoch: 3, startedAt },
      ),
    ).toBe(true);
    expect(registry.jobs.find("one")).toMatchObject({ status: "Preparing", engineEpoch: 3, startedAt });
    expect(registry.jobs.history("one").map(({ status, note }) => [status, note])).toEqual([
      ["NotStarted", null],
      ["Queued", null],
      ["Preparing", { kind: "retried", by: "three" }],
    ]);
  });

  test("does nothing when the job is elsewhere or gone", () => {
    registry.jobs.add(jobSpec("one"));
    expect(registry.jobs.move("one", ["Running"], "Finalizing", null, { engineEpoch: 9 })).toBe(false);
    expect(registry.jobs.move("nobody", ["Queued"], "Preparing", null)).toBe(false);
    expect(registry.jobs.find("one")).toMatchObject({ status: "Queued", engineEpoch: null });
    expect(registry.jobs.history("one")).toHaveLength(2);
  });

  test("that the table of moves does not have is a mistake of ours", () => {
    registry.jobs.add(jobSpec("one"));
    expect(() => registry.jobs.move("one", ["Queued"], "Completed", null)).toThrow("from Queued to Completed");
  });

  test("to an end takes the job out of the queue for good", () => {
    registry.jobs.add(jobSpec("one"));
    const problem = written("engine/bug", "It broke.", "");
    registry.jobs.move("one", ["Queued"], "Failed", null, { problem, endedAt: new Date(1).toISOString() });
    expect(registry.jobs.listUnfinished()).toEqual([]);
    expect(registry.jobs.find("one")).toMatchObject({ status: "Failed", problem });
    expect(registry.jobs.setRequest("one", "cancel")).toBe(false);
  });
});

describe("changes", () => {
  test("of progress come back as they were written", () => {
    registry.jobs.add(jobSpec("one"));
    const progress = {
      total: 10,
      totalKnown: true,
      succeeded: 6,
      failed: 1,
      skipped: 2,
      notANumber: 1,
      rate: 1.5,
      secondsLeft: { low: 1, high: 2.5 },
      activeSeconds: 4.25,
      workers: 2,
      provider: "cpu",
      waitingFor: {
        kind: "short",
        of: "cores",
        compute: "local",
        workers: 1,
        wanted: 2,
        others: ["two"],
      } as const,
      writing: { step: "parquet", share: 0.25 } as const,
      warnings: [{ kind: "scored-again", miniBatches: 4 } as const],
      reused: 3,
      instanceSeconds: 7,
      stageMs: { read: 1, preprocess: 2, infer: 3, postprocess: 4, write: 5 },
      azure: { status: "Running", studioUrl: null },
    };
    expect(registry.jobs.change("one", { progress })).toBe(true);
    expect(registry.jobs.find("one")?.progress).toEqual(progress);
    registry.jobs.change("one", { progress: { ...progress, secondsLeft: null, totalKnown: false } });
    expect(registry.jobs.find("one")?.progress).toEqual({ ...progress, secondsLeft: null, totalKnown: false });
    expect(registry.jobs.change("nobody", { progress })).toBe(false);
  });

  test("are found by revision, in the order they were made, also after jobs are gone", () => {
    registry.jobs.add(jobSpec("one"));
    registry.jobs.add(jobSpec("two"));
    registry.jobs.add(jobSpec("three"));
    const seen = registry.jobs.find("three")?.revision ?? 0;
    expect(registry.jobs.listChangedSince(seen)).toEqual([]);
    registry.jobs.setRequest("two", "pause");
    registry.jobs.move("one", ["Queued"], "Paused", null);
    expect(registry.jobs.listChangedSince(seen).map(({ name }) => name)).toEqual(["two", "one"]);
    const last = registry.jobs.find("one")?.revision ?? 0;
    registry.jobs.remove("one");
    registry.jobs.setRequest("two", null);
    expect(registry.jobs.listChangedSince(last).map(({ name }) => name)).toEqual(["two"]);
  });

  test("made by another process show in the data version", () => {
    const before = registry.dataVersion();
    const other = open();
    other.jobs.add(jobSpec("one"));
    other.close();
    expect(registry.dataVersion()).not.toBe(before);
    expect(registry.jobs.find("one")).not.toBeNull();
  });
});

test("a model is in use while a job made with it is unfinished", () => {
  registry.jobs.add(jobSpec("one"));
  expect(registry.jobs.listUnfinishedByModel("Iris", "1").map(({ name }) => name)).toEqual(["one"]);
  expect(registry.jobs.listUnfinishedByModel("iris", "2")).toEqual([]);
});

test("no two engines have one epoch, whichever connection asks", () => {
  const other = open();
  const epochs = [registry.nextEpoch(), other.nextEpoch(), registry.nextEpoch()];
  other.close();
  expect(epochs).toEqual([1, 2, 3]);
});

test("waiters count as alive from their last beat on", () => {
  registry.jobs.add(jobSpec("one"));
  registry.waiters.add({ id: "w", job: "one", pid: 77 });
  const [waiter] = registry.waiters.listAlive(new Date(0).toISOString());
  expect(waiter).toMatchObject({ id: "w", job: "one", pid: 77 });
  const later = new Date(Date.now() + 60_000).toISOString();
  expect(registry.waiters.listAlive(later)).toEqual([]);
  expect(registry.waiters.beat("w")).toBe(true);
  registry.waiters.removeSilent(later);
  expect(registry.waiters.beat("w")).toBe(false);
});
