import { describe, expect, it } from "vitest";
import { isTerminal, jobStatuses, jobStatusMoves } from "../../../electron/contract/job-status.ts";

describe("the states of a job", () => {
  it("end in exactly three, from which nothing moves", () => {
    expect(jobStatuses.filter(isTerminal)).toEqual(["Completed", "Failed", "Canceled"]);
  });

  it("all reach an end, and all but the first are reached", () => {
    const reachable = (from: (typeof jobStatuses)[number]) => {
      const seen = new Set([from]);
      for (const status of seen) for (const next of jobStatusMoves[status]) seen.add(next);
      return seen;
    };
    for (const status of jobStatuses) expect([...reachable(status)].some(isTerminal)).toBe(true);
    expect(reachable("NotStarted").size).toBe(jobStatuses.length);
  });

  it("let every unfinished job be cancelled", () => {
    for (const status of jobStatuses) {
      if (!isTerminal(status) && status !== "CancelRequested")
        expect(jobStatusMoves[status]).toContain("CancelRequested");
    }
  });
});
