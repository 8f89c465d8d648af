import { describe, expect, it } from "vitest";
import { needsComputerAwake } from "../../../electron/workspace/jobs/own-jobs.ts";
import type { GivingWay, WaitingReason } from "../../../electron/contract/nouns/waiting-reason.ts";
import type { JobRecord } from "../../../electron/registry/job-row.ts";

const job = (status: JobRecord["status"], waitingFor: WaitingReason | null) =>
  ({ status, progress: { waitingFor } }) as Pick<JobRecord, "status" | "progress">;
const givingWay = (to: GivingWay): WaitingReason => ({ kind: "giving-way", to });

describe("the computer is kept awake", () => {
  it("for jobs that run, and for those that are about to", () => {
    expect(needsComputerAwake(job("Running", null))).toBe(true);
    expect(needsComputerAwake(job("Queued", null))).toBe(true);
    expect(needsComputerAwake(job("Queued", givingWay("quiet")))).toBe(true);
  });

  it("but not for a job that only waits for mains power, or for its user to go", () => {
    expect(needsComputerAwake(job("Queued", givingWay("battery")))).toBe(false);
    expect(needsComputerAwake(job("Queued", givingWay("user")))).toBe(false);
  });
});
