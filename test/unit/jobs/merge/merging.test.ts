import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FromMergeProcess } from "../../../../electron/contract/messages/merge-messages.ts";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { jobFiles } from "../../../../electron/jobs/folder/job-files.ts";
import { openJournal, type Journal } from "../../../../electron/jobs/journal/journal.ts";
import { createMerging, type MergingContext } from "../../../../electron/jobs/merge/merging.ts";
import { committedMiniBatch } from "../../../helpers/engine/committed.ts";
import { jobSpec } from "../../../helpers/engine/job-specs.ts";
import { scriptedHost } from "../../../helpers/engine/scripted-host.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

/** Merging when its process or the journal does what it should not: whoever waits for the files gets an answer. */
const root = temporaryFolder("merging");
let count = 0;
let journal: Journal;

const opened = {
  type: "opened",
  rowsHeaderBytes: 20,
  errorsHeaderBytes: 5,
  rows: { id: "1:2", bytes: 20, modified: "1" },
  errors: { id: "1:3", bytes: 5, modified: "1" },
  folders: { arrays: null, images: null },
} as const satisfies FromMergeProcess;
const parts = { rows: { ...opened.rows, bytes: 70 }, errors: opened.errors, parquet: null, arrays: null, images: null };
const appended: FromMergeProcess = { type: "appended", rowsEnd: 70, errorsEnd: 5 };
const whole = { parquet: false, overGaps: false };

/** Merging of a job with one finished mini-batch, and what came out of its control by an exception. */
function mergingOfTest(change: Partial<MergingContext> = {}) {
  const host = scriptedHost();
  const spec = jobSpec(`merging-${count}`);
  const thrown: unknown[] = [];
  const problems: Problem[] = [];
  const merging = createMerging({
    host,
    spec,
    journal,
    files: jobFiles(root, spec),
    baseRows: null,
    baseItemFiles: null,
    guarded(work) {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    },
    listener: { onProblem: (problem) => problems.push(problem), onUndone: () => undefined },
    ...change,
  });
  return { host, merging, thrown, problems };
}

beforeEach(() => {
  count += 1;
  const result = openJournal(path.join(root, String(count)));
  if (!result.ok) throw new Error("The journal does not open.");
  journal = result.value;
  const planned = [
    { file: "a.csv", sizeBytes: 9, modifiedMs: 1, start: 0, end: 9, firstRow: 1, items: 10, problem: null },
  ] as const;
  journal.addMiniBatches([{ id: 0, items: 10, parts: [...planned] }]);
  journal.commit("1-1.segment", { id: "worker-1", pid: () => 1 }, [
    { miniBatch: committedMiniBatch(0, { errorsBytes: 0 }), failedFiles: [] },
  ]);
});
afterEach(() => journal.close());

describe("merging", () => {
  it("finishes once all is appended", async () => {
    const { host, merging, thrown } = mergingOfTest();
    const end = merging.finish(whole);
    const [process] = host.started;
    process?.say(opened);
    process?.say(appended);
    process?.say({ type: "finished", parts });
    expect([await end, thrown, process?.sent.map((message) => (message as { type: string }).type)]).toEqual([
      "done",
      [],
      ["open", "append", "finish"],
    ]);
  });

  it("says how far the files are, from the wish for them to their end", async () => {
    const { host, merging } = mergingOfTest();
    const seen: unknown[] = [];
    const look = () => seen.push(merging.writing());
    look();
    const end = merging.finish({ ...whole, parquet: true });
    look();
    const [process] = host.started;
    process?.say(opened);
    process?.say(appended);
    look();
    process?.say({ type: "progress", share: 0 });
    look();
    process?.say({ type: "progress", share: 0.4 });
    look();
    process?.say({ type: "finished", parts });
    await end;
    look();
    const rows = { step: "rows" };
    const parquet = { step: "parquet" };
    expect(seen).toEqual([
      ...[null, { ...rows, share: 0 }, { ...rows, share: 1 }],
      ...[{ ...parquet, share: 0 }, { ...parquet, share: 0.4 }, null],
    ]);
  });

  it("does not hear what a process says after its end, when another has taken its place", async () => {
    const { host, merging, thrown } = mergingOfTest();
    const end = merging.finish(whole);
    const [first] = host.started;
    first?.say(opened);
    first?.exit();
    first?.say(appended);
    const [, second] = host.started;
    second?.say(opened);
    second?.say(appended);
    second?.say({ type: "finished", parts });
    expect([await end, thrown, host.started.length]).toEqual(["done", [], 2]);
  });

  it("rejects when the journal cannot be written while somebody waits for the files", async () => {
    const full = new Error("database or disk is full");
    const broken: Journal = {
      ...journal,
      setFacts(facts) {
        if (facts.mergedUnits === 1) throw full;
        journal.setFacts(facts);
      },
    };
    const { host, merging, thrown } = mergingOfTest({ journal: broken });
    const end = merging.finish(whole);
    const [process] = host.started;
    process?.say(opened);
    process?.say(appended);
    await expect(end).rejects.toBe(full);
    expect(thrown).toEqual([]);
    expect(await merging.finish(whole)).toBe("stopped");
  });

  it("hands an exception to the run of the job while nobody waits for the files", () => {
    const full = new Error("database or disk is full");
    const timers: (() => void)[] = [];
    const clock = {
      now: () => 0,
      timestamp: () => "",
      setTimeout(work: () => void) {
        timers.push(work);
        return { cancel: () => undefined };
      },
    } as unknown as NonNullable<MergingContext["clock"]>;
    const broken: Journal = {
      ...journal,
      setFacts() {
        throw full;
      },
    };
    const { host, merging, thrown } = mergingOfTest({ journal: broken, clock });
    merging.advance();
    timers[0]?.();
    host.started[0]?.say(opened);
    expect(thrown).toEqual([full]);
  });

  it("rejects when its process cannot be started", async () => {
    const { host, merging, thrown } = mergingOfTest();
    const refused = Object.assign(new Error("spawn ENOMEM"), { code: "ENOMEM" });
    host.refusing = refused;
    await expect(merging.finish(whole)).rejects.toBe(refused);
    expect(thrown).toEqual([]);
  });
});
