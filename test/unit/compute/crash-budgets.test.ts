import { describe, expect, it } from "vitest";
import {
  type CrashCause,
  crashBudgets,
  crashCause,
  createCrashCounter,
} from "../../../electron/compute/crash-budgets.ts";

function countUntilSpent(causes: () => CrashCause): number {
  const counter = createCrashCounter(crashBudgets.helper);
  for (let crashes = 1; crashes <= 100; crashes += 1) if (counter.add(causes()) === "spent") return crashes;
  throw new Error("The budget was never spent.");
}

describe("the cause of a crash", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])("may lie outside when the signal was %s", (signal) => {
    expect(crashCause({ code: null, signal })).toBe("outside");
  });

  it.each([
    ["a fault of the process", { code: null, signal: "SIGSEGV" }],
    ["its own abort", { code: null, signal: "SIGABRT" }],
    ["an exit with a code", { code: 1, signal: null }],
    ["a process that could not be started", { code: null, signal: null }],
  ])("is the process itself after %s", (_what, exit) => {
    expect(crashCause(exit)).toBe("own");
  });
});

describe("a crash counter", () => {
  it("is spent by the third crash of its own and by the tenth from outside", () => {
    expect(countUntilSpent(() => "own")).toBe(3);
    expect(countUntilSpent(() => "outside")).toBe(10);
  });

  it("counts the two causes apart", () => {
    let crashes = 0;
    // Nine from outside and then two of its own leave both counts below their limits.
    expect(countUntilSpent(() => ((crashes += 1) <= 9 ? "outside" : "own"))).toBe(12);
  });

  it("begins again after a success", () => {
    const counter = createCrashCounter(crashBudgets.helper);
    counter.add("own");
    counter.add("own");
    counter.reset();
    expect([counter.add("own"), counter.add("own"), counter.add("own")]).toEqual(["left", "left", "spent"]);
  });

  it("can forget one cause and keep the other", () => {
    const counter = createCrashCounter(crashBudgets.workerStart);
    counter.add("own");
    counter.add("outside");
    counter.reset("own");
    expect([counter.count("own"), counter.count("outside")]).toEqual([0, 1]);
  });
});

describe("the crash budgets", () => {
  it("are what is promised: three starts, ten of them from outside, three deadly items, two crashes for one item", () => {
    expect(crashBudgets).toEqual({
      helper: { own: 3, outside: 10 },
      workerStart: { own: 3, outside: 10 },
      workerStartOnDevice: 2,
      scriptInitPerWorker: 3,
      deadlyItems: 3,
      betweenMiniBatches: { own: 10, outside: 50 },
      namelessOfMiniBatch: { own: 5, outside: 20 },
      singleItem: 2,
      fullRuns: 3,
    });
  });

  it("leave a device that crashes at every start before the job is given up", () => {
    expect(crashBudgets.workerStartOnDevice).toBeLessThan(crashBudgets.workerStart.own);
  });
});
