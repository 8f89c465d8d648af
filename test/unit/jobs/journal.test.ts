import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch } from "../../../electron/contract/messages/worker-messages.ts";
import type { Journal } from "../../../electron/jobs/journal/journal.ts";
import { journalMigrations } from "../../../electron/jobs/journal/journal-migrations.ts";
import { openJournal } from "../../../electron/jobs/journal/journal.ts";
import { openDatabase } from "../../../electron/registry/open-database.ts";
import { miniBatchPages, readMiniBatchPage } from "../../../electron/outputs/mini-batches.ts";
import { noSuspicion } from "../../../electron/jobs/journal/narrowing.ts";
import { committedMiniBatch } from "../../helpers/engine/committed.ts";
import { temporaryFolder } from "../../helpers/places.ts";
import { journalFile } from "../../../electron/jobs/folder/job-files.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";
import type { MiniBatchCommit } from "../../../electron/jobs/journal/done-table.ts";

const root = temporaryFolder("journal");
let folder = "";
let count = 0;

function open(): Journal {
  const opened = openJournal(folder);
  if (!opened.ok) throw new Error(englishWords(opened.problem).message);
  return opened.value;
}

const miniBatch = (id: number, items = 10): MiniBatch => ({
  id,
  items,
  parts: [{ file: `${id}.csv`, sizeBytes: 100, modifiedMs: 1, start: 5, end: 100, firstRow: 1, items, problem: null }],
});

const workerOf = (id: string) => ({ id, pid: () => 4711 });

const committed = (miniBatchId: number, offset: number): MiniBatchCommit => ({
  miniBatch: oneFailed(miniBatchId, offset),
  failedFiles: [`${miniBatchId}.csv`],
});

const oneFailed = (miniBatchId: number, offset: number): CommittedMiniBatch =>
  committedMiniBatch(miniBatchId, {
    ...{ offset, succeeded: 9, failed: 1, notANumber: 2, rows: 9, failedParts: [0] },
    ...{ times: { read: 1, preprocess: 2, infer: 3, postprocess: 4, write: 5 }, durationMs: 15, processMs: 12 },
  });

beforeEach(() => {
  count += 1;
  folder = path.join(root, String(count));
});

describe("a job's journal", () => {
  it("keeps what was planned, committed and said, for the engine that opens it next", () => {
    const first = open();
    first.addMiniBatches([miniBatch(0), miniBatch(1), miniBatch(2)]);
    first.commit("1-1.segment", workerOf("worker-1"), [committed(1, 0)]);
    first.setFacts({ planned: true, files: 3, provider: "cpu" });
    first.close();
    const second = open();
    expect(second.totals()).toEqual({
      planned: 30,
      succeeded: 9,
      failed: 1,
      notANumber: 2,
      reused: 0,
      miniBatchesDone: 1,
      miniBatches: 3,
    });
    expect(second.miniBatchesToDo(-1, 10).map((todo) => todo.miniBatch)).toEqual([miniBatch(0), miniBatch(2)]);
    expect(second.facts()).toMatchObject({ planned: true, files: 3, provider: "cpu", mergedUnits: 0 });
    expect(second.lastMiniBatch()).toEqual(miniBatch(2));
    expect(second.facts().stageMs).toEqual({ read: 1, preprocess: 2, infer: 3, postprocess: 4, write: 5 });
    // A mini-batch that is done already counts once, its time too.
    second.commit("2-1.segment", workerOf("worker-1"), [committed(1, 0)]);
    expect(second.facts().stageMs.infer).toBe(3);
    second.close();
  });

  it("gives back the attempts that an engine had claimed when it died, and keeps those that failed", () => {
    const first = open();
    first.addMiniBatches([miniBatch(0), miniBatch(1)]);
    first.claim([0]);
    first.unclaim([0], "attempt-failed");
    first.claim([0, 1]);
    first.close();
    const second = open();
    second.recover();
    expect(second.miniBatchesToDo(-1, 10).map((todo) => todo.attempts)).toEqual([1, 0]);
    second.close();
  });

  it("never counts a mini-batch twice: a second commit of it changes nothing", () => {
    const journal = open();
    journal.addMiniBatches([miniBatch(0)]);
    journal.commit("1-1.segment", workerOf("worker-1"), [committed(0, 0)]);
    journal.commit("2-1.segment", workerOf("worker-9"), [committed(0, 500)]);
    expect(journal.mergeable(0, 1e9, "stop-at").records).toMatchObject([{ segment: "1-1.segment", offset: 0 }]);
    journal.close();
  });

  it("offers for merging only what follows without a gap, in order, and not more than asked for", () => {
    const journal = open();
    journal.addMiniBatches([miniBatch(0), miniBatch(1), miniBatch(2), miniBatch(3), miniBatch(4)]);
    journal.commit("1-1.segment", workerOf("worker-1"), [
      committed(2, 0),
      committed(0, 60),
      committed(1, 120),
      committed(4, 180),
    ]);
    expect(journal.mergeable(0, 1e9, "stop-at")).toMatchObject({
      records: [{ miniBatchId: 0 }, { miniBatchId: 1 }, { miniBatchId: 2 }],
      nextId: 3,
    });
    expect(journal.mergeable(0, 130, "stop-at").nextId).toBe(2);
    expect(journal.mergeable(0, 1, "stop-at").nextId).toBe(1);
    expect(journal.mergeable(3, 1e9, "stop-at")).toEqual({ records: [], nextId: 3 });
    // A job that ends before its time keeps what is behind the gap too.
    const behind = journal.mergeable(3, 1e9, "pass-over");
    expect(behind.records.length).toBeGreaterThan(0);
    expect(behind.nextId).toBe((behind.records.at(-1)?.miniBatchId ?? 0) + 1);
    journal.close();
  });

  it("counts each file with failed items once, over all its slices and over engines", () => {
    const first = open();
    first.addMiniBatches([miniBatch(0), miniBatch(1), miniBatch(2)]);
    const slice = (miniBatchId: number) => ({
      miniBatch: oneFailed(miniBatchId, 0),
      failedFiles: ["big.csv"],
    });
    expect(first.commit("1-1.segment", workerOf("worker-1"), [slice(0), slice(1)])).toBe(1);
    first.close();
    const second = open();
    expect(second.commit("2-1.segment", workerOf("worker-1"), [slice(2)])).toBe(0);
    expect(second.facts().failedFiles).toBe(1);
    second.close();
  });

  it("remembers for all mini-batches the smallest run that fitted into memory", () => {
    const first = open();
    first.addMiniBatches([miniBatch(0), miniBatch(1), miniBatch(2)]);
    const shortOf = (miniBatchId: number, smallestRun: number | null) => ({
      miniBatch: { ...oneFailed(miniBatchId, 0), smallestRun },
      failedFiles: [],
    });
    first.commit("1-1.segment", workerOf("worker-1"), [shortOf(0, 64), shortOf(1, null)]);
    expect(first.facts().smallestBatch).toBe(64);
    first.commit("1-1.segment", workerOf("worker-1"), [shortOf(2, 128)]);
    first.close();
    const second = open();
    expect(second.facts().smallestBatch).toBe(64);
    second.close();
  });

  it("has a record of each mini-batch, with who did it, how often it was tried and how long it took", () => {
    const journal = open();
    journal.addMiniBatches([miniBatch(0), miniBatch(1), miniBatch(2), miniBatch(3)]);
    journal.claim([0, 1]);
    journal.unclaim([0], "attempt-failed");
    journal.claim([0]);
    journal.commit("1-1.segment", workerOf("worker-3"), [committed(0, 0)]);
    journal.claim([3]);
    journal.unclaim([3], "attempt-failed");
    journal.setGivingUp(3, { stage: "infer", code: "timed-out", message: "Too slow." });
    journal.claim([3]);
    journal.commit("1-1.segment", workerOf("worker-3"), [committed(3, 60)]);
    const records = [...miniBatchPages(journalFile(folder))].flat();
    expect(records).toHaveLength(4);
    expect(records[0]).toEqual({
      mini_batch: 1,
      status: "done",
      first_file: "0.csv",
      files: 1,
      attempts: 2,
      worker: "worker-3",
      pid: 4711,
      total_items: 10,
      succeeded_items: 9,
      failed_items: 1,
      started_at: "1970-01-01T00:00:00.001Z",
      duration_ms: 15,
      process_ms: 12,
      run_ms: 3,
      smallest_run: null,
    });
    expect(records.map(({ status, attempts }) => [status, attempts])).toEqual([
      ["done", 2],
      ["in work", 0],
      ["waiting", 0],
      ["given up", 1],
    ]);
    expect(journal.attempts()).toBe(4);
    const page = readMiniBatchPage({ journalFile: journalFile(folder), offset: 1, limit: 2 });
    expect(page.totalRows).toBe(4);
    expect(page.columns.slice(0, 2)).toEqual(["mini_batch", "status"]);
    expect(page.rows.map((row) => row.slice(0, 2))).toEqual([
      ["2", "in work"],
      ["3", "waiting"],
    ]);
    journal.close();
  });

  it("remembers what is known about a mini-batch that killed workers, and how many items did", () => {
    const poisoned = { item: 3, stage: "infer", code: "worker-died", message: "It died." } as const;
    const first = open();
    first.addMiniBatches([miniBatch(0)]);
    first.setSuspicion(0, { ...noSuspicion, poisoned: [poisoned], batch: 8 });
    first.close();
    const second = open();
    expect(second.miniBatchToDo(0)?.suspicion.poisoned).toEqual([poisoned]);
    expect(second.poisonedItems()).toBe(1);
    second.close();
  });
});

describe("a journal that was begun before mini-batches had records", () => {
  it("goes on where it was, with what is new empty", () => {
    fs.mkdirSync(folder, { recursive: true });
    const before = openDatabase(journalFile(folder), journalMigrations.slice(0, 1));
    if (!before.ok) throw new Error(englishWords(before.problem).message);
    const parts = JSON.stringify(miniBatch(0).parts);
    before.value.exec(`
      INSERT INTO facts (name, value) VALUES ('planned', 'true'), ('mergedUnits', '1'), ('rowsEnd', '90'), ('engines', '1');
      INSERT INTO units (id, items, bytes, parts, state, attempts, claimed, segment, record_start, rows_bytes,
        errors_bytes, checksum, succeeded, failed, worker, finished_at)
      VALUES (0, 10, 95, '${parts}', 1, 1, 0, '1-1.segment', 0, 50, 10, '0123456789abcdef', 9, 1, 'worker-1', ''),
        (1, 10, 95, '${parts}', 0, 1, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);`);
    before.value.close();
    const journal = open();
    journal.recover();
    expect(journal.facts()).toMatchObject({
      planned: true,
      mergedUnits: 1,
      rowsEnd: 90,
      sessions: [],
      smallestBatch: null,
    });
    expect(journal.totals()).toEqual({
      planned: 20,
      succeeded: 9,
      failed: 1,
      notANumber: 0,
      reused: 0,
      miniBatchesDone: 1,
      miniBatches: 2,
    });
    expect(journal.miniBatchesToDo(-1, 10)).toMatchObject([
      { miniBatch: { id: 1 }, attempts: 0, suspicion: noSuspicion },
    ]);
    expect(journal.commit("2-1.segment", workerOf("worker-2"), [committed(1, 0)])).toBe(1);
    expect(journal.mergeable(0, 1000, "stop-at").nextId).toBe(2);
    journal.close();
  });
});
