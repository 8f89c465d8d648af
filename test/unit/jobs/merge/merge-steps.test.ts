import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { ScriptColumn } from "../../../../electron/contract/nouns/script-columns.ts";
import type { MiniBatch } from "../../../../electron/contract/nouns/mini-batch.ts";
import { openJournal, type Journal } from "../../../../electron/jobs/journal/journal.ts";
import { createMergeSteps } from "../../../../electron/jobs/merge/merge-steps.ts";
import { committedMiniBatch } from "../../../helpers/engine/committed.ts";
import { temporaryFolder } from "../../../helpers/places.ts";

const root = temporaryFolder("merge-steps");
let count = 0;
let journal: Journal;

const miniBatch = (id: number): MiniBatch => ({
  id,
  items: 10,
  parts: [{ file: `${id}.csv`, sizeBytes: 9, modifiedMs: 1, start: 0, end: 9, firstRow: 1, items: 10, problem: null }],
});

function commit(miniBatchId: number, columns: readonly ScriptColumn[] | null = null): void {
  const done = committedMiniBatch(miniBatchId, { columns: columns === null ? null : [...columns] });
  journal.commit("1-1.segment", { id: "worker-1", pid: () => 1 }, [{ miniBatch: done, failedFiles: [] }]);
}

const steps = () =>
  createMergeSteps(journal, { parquetPart: "/out/p.parquet.part" }, ({ segment }) => `/s/${segment}`, null);
const whole = { parquet: false, overGaps: false };
const early = { parquet: false, overGaps: true };

beforeEach(() => {
  count += 1;
  const opened = openJournal(path.join(root, String(count)));
  if (!opened.ok) throw new Error("The journal does not open.");
  journal = opened.value;
  journal.addMiniBatches([miniBatch(0), miniBatch(1), miniBatch(2)]);
  journal.setFacts({ rowsEnd: 20, errorsEnd: 5 });
});

describe("the next step of merging", () => {
  it("is to wait until the first mini-batch is done", () => {
    commit(1);
    expect(steps()(null)).toEqual({ kind: "wait" });
  });

  it("is to append the records up to the first gap, behind what is merged", () => {
    commit(0);
    commit(2);
    expect(steps()(null)).toMatchObject({
      kind: "append",
      mergedUnits: 1,
      records: [{ miniBatchId: 0 }],
      message: {
        type: "append",
        records: [{ segmentFile: "/s/1-1.segment", offset: 0, rowsBytes: 50, errorsBytes: 10, columns: null }],
        columns: null,
        rowsPosition: 20,
        errorsPosition: 5,
      },
    });
  });

  it("is to append over gaps, and then to finish, for a job that ends before its time", () => {
    commit(2);
    expect(steps()(early)).toMatchObject({ kind: "append", mergedUnits: 3, records: [{ miniBatchId: 2 }] });
    journal.setFacts({ mergedUnits: 3, rowsEnd: 70, errorsEnd: 15 });
    const message = { type: "finish", rowsBytes: 70, errorsBytes: 15, checks: null, parquetPart: null, columns: null };
    expect(steps()(early)).toEqual({ kind: "finish", message });
  });

  it("is to do mini-batches again when the whole is wanted and some are missing", () => {
    commit(0);
    journal.setFacts({ mergedUnits: 1 });
    expect(steps()(whole)).toEqual({ kind: "redo" });
    expect(steps()(early).kind).toBe("finish");
  });

  it("is to finish once all are merged, with Parquet where it is wanted", () => {
    for (const id of [0, 1, 2]) commit(id);
    journal.setFacts({ mergedUnits: 3 });
    expect(steps()(null)).toEqual({ kind: "wait" });
    expect(steps()({ parquet: true, overGaps: false })).toMatchObject({
      kind: "finish",
      message: { parquetPart: "/out/p.parquet.part" },
    });
  });
});

describe("a script's rows with a new column", () => {
  const column = (name: string): ScriptColumn => ({ name, type: "integer" });

  it("give the first header without a rewrite", () => {
    journal.setFacts({ rowsEnd: 0 });
    commit(0, [column("a")]);
    expect(steps()(null)).toMatchObject({ kind: "append", message: { columns: ["a"], rowsPosition: 0 } });
    expect(journal.facts().scriptColumns).toEqual([column("a")]);
  });

  it("begin the file again under the wider header", () => {
    commit(0, [column("a")]);
    commit(1, [column("a"), column("b")]);
    journal.setFacts({ scriptColumns: [column("a")], mergedUnits: 1 });
    expect(steps()(null)).toMatchObject({
      kind: "append",
      records: [{ miniBatchId: 0 }, { miniBatchId: 1 }],
      message: { columns: ["a", "b"], rowsPosition: 0 },
    });
    expect(journal.facts().mergedUnits).toBe(0);
  });

  it("wait for the end of the job once the file began again eight times", () => {
    const next = steps();
    const wider = (columns: number) => Array.from({ length: columns }, (_, index) => column(`c${index}`));
    const widen = (columns: number, finish: typeof whole | null) => {
      journal.undo([1], [], 1);
      commit(1, wider(columns));
      journal.setFacts({ scriptColumns: wider(columns - 1), mergedUnits: 1, rowsEnd: 20 });
      return next(finish).kind;
    };
    commit(0, wider(1));
    commit(1, wider(2));
    for (let times = 2; times <= 9; times += 1) expect(widen(times, null)).toBe("append");
    expect(widen(10, null)).toBe("wait");
    expect(widen(10, early)).toBe("append");
  });
});
