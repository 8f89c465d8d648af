import { describe, expect, it } from "vitest";
import { deploymentSettingsSchema } from "../../../electron/contract/nouns/deployment.ts";
import { overThreshold } from "../../../electron/jobs/run/error-threshold.ts";
import type { Problem } from "../../../electron/contract/problem.ts";
import { englishWords } from "../../../electron/contract/words/english-problems.ts";

const of = (errorThreshold: number, percent: number | null = null, unit: "row" | "file" = "row") => ({
  settings: deploymentSettingsSchema.parse({ error_threshold: errorThreshold }),
  errorThreshold: { percent, unit },
});
const counts = { failedItems: 0, failedFiles: 0, totalItems: null, totalFiles: null };

describe("the error threshold", () => {
  it.each([
    { threshold: -1, failed: 1_000_000, stops: false },
    { threshold: 0, failed: 0, stops: false },
    { threshold: 0, failed: 1, stops: true },
    { threshold: 10, failed: 10, stops: false },
    { threshold: 10, failed: 11, stops: true },
  ])("$threshold with $failed failed items: stops is $stops", ({ threshold, failed, stops }) => {
    expect(overThreshold(of(threshold), { ...counts, failedItems: failed }) !== null).toBe(stops);
  });

  it.each([
    { percent: 5, failed: 50, total: 1000, stops: false },
    { percent: 5, failed: 51, total: 1000, stops: true },
    { percent: 0.7, failed: 7, total: 1000, stops: false },
    { percent: 0.7, failed: 8, total: 1000, stops: true },
    { percent: 0, failed: 1, total: 1000, stops: true },
    { percent: 100, failed: 1000, total: 1000, stops: false },
    { percent: 5, failed: 999, total: null, stops: false },
  ])("$percent % with $failed of $total failed: stops is $stops", ({ percent, failed, total, stops }) => {
    const problem = overThreshold(of(0, percent), { ...counts, failedItems: failed, totalItems: total });
    expect(problem !== null).toBe(stops);
  });

  const messageOf = (problem: Problem | null) => problem && englishWords(problem).message;
  const sentence = (failed: Parameters<typeof overThreshold>[1]) => (spec: Parameters<typeof overThreshold>[0]) =>
    messageOf(overThreshold(spec, failed));

  it("counts files with a failed item when it is told to, for both kinds of threshold", () => {
    const failed = { failedItems: 900, failedFiles: 3, totalItems: 1000, totalFiles: 10 };
    expect(overThreshold(of(3, null, "file"), failed)).toBeNull();
    expect(messageOf(overThreshold(of(2, null, "file"), failed))).toBe(
      "3 files have failed items, more than the 2 that error_threshold allows.",
    );
    const one = { ...failed, failedItems: 1, failedFiles: 1 };
    expect([of(0, null, "file"), of(0, 0, "file"), of(0, null, "row"), of(0, 0, "row")].map(sentence(one))).toEqual([
      "1 file has failed items, more than the 0 that error_threshold allows.",
      "1 of 10 files has failed items, more than the 0 % that batchdeck.error_threshold_percent allows.",
      "1 item failed, more than the 0 that error_threshold allows.",
      "1 of 1000 items failed, more than the 0 % that batchdeck.error_threshold_percent allows.",
    ]);
    expect(overThreshold(of(-1, 30, "file"), failed)).toBeNull();
    expect(overThreshold(of(-1, 29, "file"), failed)?.code).toBe("job/error-threshold");
  });
});
