import { describe, expect, it } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { written } from "../../../electron/contract/problem.ts";
import { dueEnding, planEnding } from "../../../electron/jobs/run/ending.ts";
import { endBy, type JobRunEnd } from "../../../electron/jobs/run/wait-or-fail.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";

const files = {
  rowsPart: "rows.part",
  parquetPart: null,
  predictions: "predictions.csv",
  partialPredictions: "predictions.partial.csv",
};
const problem = written("job/no-success", "Nothing.", "");
const failed: JobRunEnd = { kind: "failed", problem };
const completed: JobRunEnd = { kind: "completed" };
const canceled: JobRunEnd = { kind: "canceled" };
const some = { succeeded: 1 };

function withAction(action: "append_row" | "summary_only"): JobSpec {
  const spec = jobSpec("one");
  return { ...spec, settings: { ...spec.settings, output_action: action } };
}
const plain = withAction("append_row");
const retry: JobSpec = { ...plain, base: { job: "zero", reason: "retry-failed" } };

describe("what is left to do at an end", () => {
  it("is nothing for a job that goes on later", () => {
    expect(planEnding({ kind: "stopped" }, plain, some, files)).toEqual({ kind: "keep" });
    expect(planEnding({ kind: "blocked", problem }, retry, some, files)).toEqual({ kind: "keep" });
  });

  it("is the whole output of a job that completes", () => {
    expect(planEnding(completed, plain, some, files)).toEqual({
      kind: "write",
      ending: completed,
      predictions: { part: "rows.part", final: "predictions.csv" },
      parquet: true,
      overGaps: false,
    });
    expect(planEnding(completed, retry, some, files)).toMatchObject({ kind: "write", overGaps: false });
    const withParquet = { ...files, parquetPart: "parquet.part" };
    expect(planEnding(completed, plain, some, withParquet)).toMatchObject({
      predictions: { part: "parquet.part", final: "predictions.csv" },
    });
  });

  it.each([failed, canceled])("is a partial file of what is done, over gaps, when the job has $kind", (end) => {
    expect(planEnding(end, plain, some, { ...files, parquetPart: "parquet.part" })).toEqual({
      kind: "write",
      ending: end,
      predictions: { part: "rows.part", final: "predictions.partial.csv" },
      parquet: false,
      overGaps: true,
    });
  });

  it.each([failed, canceled])("leaves the files of the retried job alone when its retry has $kind", (end) => {
    expect(planEnding(end, retry, some, files)).toEqual({ kind: "drop", ending: end });
  });

  it("has no rows when none succeeded, or when none are kept", () => {
    const nothing = { predictions: null, parquet: false };
    expect(planEnding(completed, plain, { succeeded: 0 }, files)).toMatchObject(nothing);
    expect(planEnding(completed, withAction("summary_only"), some, files)).toMatchObject(nothing);
  });
});

describe("an ending is due", () => {
  const planned = { planned: true, listed: true, files: 2, skipped: 0, failedFiles: 0 };
  const totals = {
    planned: 10,
    succeeded: 10,
    failed: 0,
    notANumber: 0,
    reused: 0,
    miniBatches: 4,
    miniBatchesDone: 4,
  };

  it("when everything is planned and done, and not before", () => {
    expect(dueEnding(plain, totals, planned)).toEqual({ kind: "completed" });
    expect(dueEnding(plain, totals, { ...planned, planned: false })).toBeNull();
    expect(dueEnding(plain, { ...totals, miniBatchesDone: 3 }, planned)).toBeNull();
  });

  it("as a failure when nothing was there, or nothing succeeded although rows are wanted", () => {
    const nothing = { ...totals, planned: 0, succeeded: 0, miniBatches: 0, miniBatchesDone: 0 };
    expect(dueEnding(plain, nothing, planned)).toMatchObject({ kind: "failed", problem: { code: "input/empty" } });
    const allFailed = { ...totals, succeeded: 0, failed: 10 };
    const noSuccess = { kind: "failed", problem: { code: "job/no-success" } };
    expect(dueEnding(plain, allFailed, planned)).toMatchObject(noSuccess);
    expect(dueEnding(withAction("summary_only"), allFailed, planned)).toEqual({ kind: "completed" });
  });

  it("as soon as too much failed", () => {
    const strict = { ...plain, settings: { ...plain.settings, error_threshold: 2 } };
    const half = { ...totals, succeeded: 2, miniBatchesDone: 2 };
    expect(dueEnding(strict, { ...half, failed: 2 }, planned)).toBeNull();
    expect(dueEnding(strict, { ...half, failed: 3 }, planned)).toMatchObject({
      kind: "failed",
      problem: { code: "job/error-threshold" },
    });
  });
});

describe("a problem", () => {
  it("makes a job wait when it may pass, else fail", () => {
    expect(endBy({ ...problem, code: "output/no-space" }).kind).toBe("blocked");
    expect(endBy({ ...problem, code: "input/changed" }).kind).toBe("blocked");
    expect(endBy({ ...problem, code: "input/empty" }).kind).toBe("failed");
    expect(endBy({ ...problem, code: "engine/bug" }).kind).toBe("failed");
  });
});
