import { describe, expect, it } from "vitest";
import type { FromWorker } from "../../../../electron/contract/messages/worker-messages.ts";
import type { Worker } from "../../../../electron/compute/worker.ts";
import { takeReport } from "../../../../electron/jobs/dispatch/worker-reports.ts";
import { createSlot } from "../../../../electron/jobs/dispatch/worker-slot.ts";

type Parts = Parameters<typeof takeReport>[0];
const opened: FromWorker = {
  type: "job-opened",
  provider: "cpu",
  fallback: "The device failed.",
  runtimeVersion: "1",
  loadMs: 0,
};

function reports() {
  const events: string[] = [];
  const worker = { id: "worker-1", kill: () => void events.push("killed") } as unknown as Worker;
  const slot = createSlot(worker, "1-1.segment", "1-1.status", 0);
  const parts = {
    files: { folder: "/job", logs: "/job/logs" },
    slots: { nowMs: () => 5, release: () => void events.push("released") },
    budgets: { workerReady: () => void events.push("ready"), initFailed: () => null },
    device: { fault: () => null },
    log: { info: () => undefined, warning: () => undefined },
    listener: { onOpened: () => void events.push("opened") },
  } as unknown as Parts;
  return { events, slot, take: (message: FromWorker) => takeReport(parts, slot, message) };
}

describe("the report of a worker", () => {
  it("that the job is open makes it ready, and counts its starts from the beginning", () => {
    const { events, slot, take } = reports();
    expect(take(opened)).toEqual({ kind: "changed" });
    expect([slot.phase.current(), slot.lastAdvanceMs, events]).toEqual(["ready", 5, ["ready", "opened"]]);
  });

  it("may come again from one whose device fails later: it stays ready", () => {
    const { events, slot, take } = reports();
    take(opened);
    take(opened);
    expect([slot.phase.current(), events]).toEqual(["ready", ["ready", "opened", "ready", "opened"]]);
  });

  it("that the job is closed gives it back when it was told to, and is nonsense otherwise", () => {
    const asked = reports();
    asked.slot.phase.move("ready");
    asked.slot.phase.move("closing");
    asked.take({ type: "job-closed" });
    expect(asked.events).toEqual(["released"]);
    const unasked = reports();
    unasked.slot.phase.move("ready");
    unasked.take({ type: "job-closed" });
    expect(unasked.events).toEqual(["killed"]);
  });

  it.each([
    ["a full disk makes the job wait", { errno: "ENOSPC", code: null }, "stuck", "blocked"],
    ["a model that does not open ends it", { errno: null, code: null }, "stuck", "failed"],
    ["a script that is not one ends it", { errno: null, code: "script/invalid" }, "stuck", "failed"],
    ["an init() that raised is tried again", { errno: null, code: "script/failed" }, "changed", undefined],
  ] as const)("of a refusal: %s", (_what, refusal, kind, how) => {
    const { events, take } = reports();
    const reported = take({ type: "job-refused", message: "It does not work.", ...refusal });
    expect([reported.kind, reported.kind === "stuck" ? reported.how : undefined]).toEqual([kind, how]);
    expect(events).toEqual(kind === "changed" ? ["released"] : []);
  });
});
