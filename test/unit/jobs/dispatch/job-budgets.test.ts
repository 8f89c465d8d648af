import { describe, expect, it } from "vitest";
import type { JobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import type { Problem } from "../../../../electron/contract/problem.ts";
import { englishWords } from "../../../../electron/contract/words/english-problems.ts";
import { createJobBudgets } from "../../../../electron/jobs/dispatch/job-budgets.ts";

function budgets(kind: "tabular" | "script" = "tabular", isOnDevice = false, workers = 2) {
  let device = isOnDevice;
  let changes = 0;
  const spec = { scorer: { kind }, settings: { retry_settings: { max_retries: 3, timeout: 1 } }, workers };
  const counted = createJobBudgets(
    spec as unknown as JobSpec,
    { logs: "/logs" },
    {
      giveUp() {
        if (!device) return false;
        device = false;
        changes += 1;
        return true;
      },
    },
  );
  return { ...counted, deviceChanges: () => changes };
}

/** How many times in a row it answers null. */
function survived(count: () => unknown): number {
  for (let times = 0; times < 200; times += 1) if (count() !== null) return times;
  throw new Error("The budget was never spent.");
}

/** Its code and its sentence. */
const said = (problem: Problem | null) => problem !== null && { code: problem.code, ...englishWords(problem) };

describe("starts that crash", () => {
  it("end the job with the third, or with the tenth that somebody else may have caused", () => {
    const own = budgets();
    expect(survived(() => own.startCrashed("own"))).toBe(2);
    const outside = budgets();
    expect(survived(() => outside.startCrashed("outside"))).toBe(9);
    const late = budgets();
    expect(survived(() => late.startCrashed("timed-out"))).toBe(2);
  });

  it("say how many there were in all", () => {
    const both = budgets();
    both.startCrashed("outside");
    both.startCrashed("own");
    both.startCrashed("own");
    expect(said(both.startCrashed("own"))).toMatchObject({
      code: "worker/cannot-start",
      message: "Worker processes ended 4 times in a row before they were ready.",
    });
  });

  it("count from the beginning once a worker is ready", () => {
    const again = budgets();
    again.startCrashed("own");
    again.startCrashed("own");
    again.workerReady();
    expect(survived(() => again.startCrashed("own"))).toBe(2);
  });

  it("cost the job its device with the second, and leave the CPU three starts of its own", () => {
    const onDevice = budgets("tabular", true);
    expect(onDevice.startCrashed("own")).toBeNull();
    expect(onDevice.deviceChanges()).toBe(0);
    expect(onDevice.startCrashed("own")).toBeNull();
    expect(onDevice.deviceChanges()).toBe(1);
    expect(survived(() => onDevice.startCrashed("own"))).toBe(2);
  });

  it("blame init() of a script that did not end in time", () => {
    const script = budgets("script");
    script.startCrashed("timed-out");
    script.startCrashed("timed-out");
    expect(said(script.startCrashed("timed-out"))).toMatchObject({
      code: "script/failed",
      message: "init() of the script did not end within 33 seconds, 3 times in a row.",
    });
  });
});

describe("an init() that raises", () => {
  it("is tried three times for each worker, and again as often once it succeeded", () => {
    const script = budgets("script", false, 4);
    expect(survived(() => script.initFailed("It raised."))).toBe(11);
    script.workerReady();
    expect(survived(() => script.initFailed("It raised."))).toBe(11);
  });
});

describe("items that kill workers", () => {
  it("end the job with the third in a row", () => {
    const job = budgets();
    expect(survived(() => job.itemPoisoned())).toBe(2);
  });

  it("never end a job in which an item between them succeeds", () => {
    const job = budgets();
    for (let items = 0; items < 50; items += 1) {
      expect([job.itemPoisoned(), job.itemPoisoned()]).toEqual([null, null]);
      job.itemSucceeded();
    }
  });
});

describe("crashes between mini-batches", () => {
  it("end the job with the tenth, or with the fiftieth when they come from outside", () => {
    const own = budgets();
    expect(survived(() => own.crashedBetweenMiniBatches("own"))).toBe(9);
    const outside = budgets();
    expect(survived(() => outside.crashedBetweenMiniBatches("outside"))).toBe(49);
  });

  it("count both causes, and the limit of the last one holds", () => {
    const job = budgets();
    for (let crashes = 0; crashes < 9; crashes += 1) job.crashedBetweenMiniBatches("outside");
    expect(said(job.crashedBetweenMiniBatches("own"))).toMatchObject({
      code: "worker/crash-loop",
      message: "Worker processes ended 10 times in a row, between mini-batches.",
    });
  });

  it("count from the beginning after a commit", () => {
    const job = budgets();
    for (let crashes = 0; crashes < 9; crashes += 1) job.crashedBetweenMiniBatches("own");
    job.miniBatchCommitted();
    expect(survived(() => job.crashedBetweenMiniBatches("own"))).toBe(9);
  });
});
