import { describe, expect, it } from "vitest";
import type { JobSpec } from "../../../electron/contract/nouns/job-spec.ts";
import { estimateJob, type KnownSpeeds } from "../../../electron/jobs/preflight/estimate.ts";
import { spaceProblem } from "../../../electron/jobs/submit/free-space.ts";
import type { SpeedRecord } from "../../../electron/registry/speeds.repository.ts";
import { jobSpec } from "../../helpers/engine/job-specs.ts";
import { guessedRowBytes } from "../../../electron/jobs/submit/free-space.ts";
import type { EstimateRange } from "../../../electron/contract/nouns/preflight.ts";
import { englishPreflightSentences } from "../../../electron/contract/sentences/preflight-sentences.ts";
import { sentenceOf } from "../../../electron/contract/sentences/sentences.ts";
import { problemSentence } from "../../../electron/contract/words/english-problems.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const nothing: KnownSpeeds = { history: [], timing: null, tuning: null };
const preview = { items: 1_000_000, columns: [] };
const spec: JobSpec = { ...jobSpec("today"), workers: 4 };
const megabyte = 1024 * 1024;

function earlier(changes: Partial<SpeedRecord> = {}): SpeedRecord {
  return {
    ...{ modelHash: "m", scorerHash: "s", device: "cpu", job: "monday", workers: 4, items: 500_000 },
    ...{ rate: 100_000, seconds: 7, outputBytes: 20_000_000, outputFormat: "csv", endedAt: "2026-03-01T09:00:00Z" },
    ...changes,
  };
}

function basisOf(range: EstimateRange | null): string | null {
  return range === null ? null : sentenceOf(englishPreflightSentences.basis, range.basis);
}

describe("the estimate of a job", () => {
  it("goes by the last job with the same model, its start apart from its rate, and says which it was", () => {
    const { seconds, output_bytes } = estimateJob(spec, preview, { ...nothing, history: [earlier()] }, [], now);
    // Two seconds to start and a million rows at 100,000 a second.
    expect(seconds?.low).toBeCloseTo(12 / 1.2);
    expect(seconds?.high).toBeCloseTo(12 * 1.2);
    expect(basisOf(seconds)).toBe("as in job monday on this machine, 3 hours ago: 100,000 rows/s");
    expect(basisOf(output_bytes)).toBe("as in job monday");
    expect(output_bytes.low).toBeLessThan(40_000_000);
    expect(output_bytes.high).toBeGreaterThan(40_000_000);
  });

  it("spans what several jobs took, and more when none had as many workers", () => {
    const several = [earlier(), earlier({ job: "sunday", rate: 50_000, seconds: 12 })];
    const alike = estimateJob(spec, preview, { ...nothing, history: several }, [], now).seconds;
    expect([alike?.low, alike?.high]).toEqual([12 / 1.2, 22 * 1.2]);
    const alone = [earlier({ seconds: 21, rate: 25_000, workers: 1 })];
    const other = estimateJob(spec, preview, { ...nothing, history: alone }, [], now).seconds;
    expect([other?.low, other?.high]).toEqual([11 / 2, 11 * 2]);
  });

  it("does not go by a job that was much smaller, which says how long processes take to start", () => {
    const small = [earlier({ items: 30, rate: 900, seconds: 0.5 })];
    const timing = { items: 1000, seconds: 0.01, rowBytesPerItem: 50 };
    const { seconds } = estimateJob(spec, preview, { ...nothing, history: small, timing }, [], now);
    expect(basisOf(seconds)).toBe("measured on 1,000 sample rows");
    expect(estimateJob(spec, preview, { ...nothing, history: small }, [], now).seconds).toBeNull();
    expect(
      estimateJob(spec, { ...preview, items: 500 }, { ...nothing, history: small }, [], now).seconds,
    ).not.toBeNull();
  });

  it("goes by the sample when there was no such job, and by nothing when there was no sample", () => {
    const timing = { items: 1000, seconds: 0.01, rowBytesPerItem: 50 };
    const { seconds, output_bytes } = estimateJob(spec, preview, { ...nothing, timing }, [], now);
    expect(seconds).toMatchObject({ low: 2.5 / 16, high: 2.5 * 1.2 + 1 });
    expect(basisOf(seconds)).toBe("measured on 1,000 sample rows");
    expect(output_bytes.low).toBeLessThan(50_000_000);
    expect(output_bytes.high).toBeGreaterThan(50_000_000);
    const unknown = estimateJob(spec, preview, nothing, [], now);
    expect(unknown.seconds).toBeNull();
    expect(basisOf(unknown.output_bytes)).toBe("guessed from the columns");
  });

  it("needs the rows twice on a disk that holds both places, and the Parquet file beside its rows", () => {
    const timing = { items: 1000, seconds: 0.01, rowBytesPerItem: 50 };
    const disk = { place: "/data", freeBytes: 100 * megabyte };
    const both = [{ ...disk, holds: ["output", "workspace"] as const }];
    const needed = (output: JobSpec["output"]) =>
      estimateJob({ ...spec, output }, preview, { ...nothing, timing }, both, now).disks[0]?.needed_bytes;
    expect(needed({ ...spec.output, format: "csv" })).toBe(100_000_000);
    expect(needed({ ...spec.output, format: "parquet" })).toBe(150_000_000);
  });
});

describe("the place that a job needs", () => {
  it("is refused by the first disk that has too little", () => {
    const output = { place: "/data", holds: ["output"] as const, freeBytes: 100 * megabyte };
    const workspace = { place: "/home", holds: ["workspace"] as const, freeBytes: 20 * megabyte };
    expect(spaceProblem([output, workspace], 19 * megabyte)).toBeNull();
    const tooLittle = spaceProblem([output, workspace], 21 * megabyte) ?? expect.fail();
    expect(tooLittle.code).toBe("output/no-space");
    expect(problemSentence(tooLittle)).toContain("/home has 20 MB free");
  });

  it("is never less than what a small job's own files take", () => {
    const disk = { place: "/data", holds: ["output", "workspace"] as const, freeBytes: 10 * megabyte };
    expect(spaceProblem([disk], 1)).toMatchObject({ code: "output/no-space" });
  });

  it("is guessed from the columns of the output and the cells that are kept", () => {
    const scorer = { ...spec.scorer, keep: ["id"] };
    const narrow = guessedRowBytes(scorer, [{ name: "id", type: "integer", values: ["1", "2"] }]);
    const wide = guessedRowBytes(scorer, [{ name: "id", type: "text", values: ["a".repeat(101)] }]);
    expect(wide - narrow).toBe(100);
  });
});
