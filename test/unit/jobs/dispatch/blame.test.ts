import { describe, expect, it } from "vitest";
import type { WorkerStatus } from "../../../../electron/contract/messages/worker-status.ts";
import type { JobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import { blameFor, mayBeDriver, verdictOn, type WorkerDeath } from "../../../../electron/jobs/dispatch/blame.ts";
import { describeDeath } from "../../../../electron/jobs/dispatch/blame.ts";
import { claimOf } from "../../../../electron/jobs/dispatch/claimed-mini-batch.ts";
import type { MiniBatchToDo } from "../../../../electron/jobs/journal/to-do-table.ts";
import { noSuspicion } from "../../../../electron/jobs/journal/narrowing.ts";

const part = { file: "a.csv", sizeBytes: 9, modifiedMs: 1, start: 0, end: 9, firstRow: 1, items: 100, problem: null };

function todo(id: number, change: Partial<MiniBatchToDo> = {}): MiniBatchToDo {
  const miniBatch: MiniBatchToDo["miniBatch"] = { id, items: 100, parts: [{ ...part, file: `${id}.csv` }] };
  return { miniBatch, bytes: 9, attempts: 0, suspicion: noSuspicion, givingUp: null, ...change };
}

const first = todo(4);
const second = todo(5);
const claimed = [first, second].map(claimOf);
const segfault = { code: null, signal: "SIGSEGV" };
const at = (miniBatchId: number, start: number, end: number): WorkerStatus => ({
  miniBatchId,
  start,
  end,
  stage: "infer",
});

function death(change: Partial<WorkerDeath>): WorkerDeath {
  return { phase: "ready", cause: "own", exit: segfault, claimed, status: null, ...change };
}

describe("the blame for the death of a worker", () => {
  it("falls on the mini-batch that its status names, with the run that it was in", () => {
    const status = at(5, 16, 32);
    expect(blameFor(death({ status }))).toEqual({ kind: "mini-batch", todo: second, run: status });
  });

  it("falls on a mini-batch without a run when it was reading or writing it", () => {
    const status: WorkerStatus = { miniBatchId: 4, start: 0, end: 0, stage: "working" };
    expect(blameFor(death({ status }))).toEqual({ kind: "mini-batch", todo: first, run: null });
  });

  it.each([
    ["its status names none", null],
    ["its status names one that it does not hold any more", at(3, 0, 16)],
  ])("falls on no mini-batch when %s", (_what, status) => {
    expect(blameFor(death({ status }))).toEqual({ kind: "between-mini-batches" });
    expect(blameFor(death({ status, cause: "outside" }))).toEqual({ kind: "between-mini-batches" });
  });

  it("falls on the first of what it held when it ran out of time and its status names nothing", () => {
    expect(blameFor(death({ cause: "timed-out" }))).toEqual({ kind: "mini-batch", todo: first, run: null });
    expect(blameFor(death({ cause: "timed-out", status: at(3, 0, 16) }))).toMatchObject({ todo: first, run: null });
  });

  it("falls on the start when it was not ready yet, whoever killed it", () => {
    for (const cause of ["own", "outside", "timed-out"] as const) {
      expect(blameFor(death({ phase: "starting", cause, claimed: [] }))).toEqual({ kind: "start" });
    }
  });

  it("is nobody's when it was sent away, or held nothing", () => {
    expect(blameFor(death({ cause: "sent-away", status: at(4, 0, 16) }))).toEqual({ kind: "nobody" });
    expect(blameFor(death({ cause: "sent-away", phase: "starting", claimed: [] }))).toEqual({ kind: "nobody" });
    expect(blameFor(death({ claimed: [] }))).toEqual({ kind: "nobody" });
  });
});

describe("a driver", () => {
  it("may be at fault only where one item alone crashed the process by itself", () => {
    expect(mayBeDriver(at(4, 7, 8), "own")).toBe(true);
    expect(mayBeDriver(at(4, 7, 9), "own")).toBe(false);
    expect(mayBeDriver(null, "own")).toBe(false);
    expect(mayBeDriver(at(4, 7, 8), "outside")).toBe(false);
    expect(mayBeDriver(at(4, 7, 8), "timed-out")).toBe(false);
  });
});

type Rules = Pick<JobSpec, "scorer" | "settings">;
const rules = (kind: "tabular" | "script", timeout: number | null): Rules =>
  ({ scorer: { kind }, settings: { retry_settings: { max_retries: 2, timeout } } }) as unknown as Rules;

describe("the verdict on a mini-batch", () => {
  const model = rules("tabular", null);
  const run = at(4, 0, 64);

  it("is to look at smaller runs after a crash in a run, without an attempt", () => {
    const verdict = verdictOn(first, { run, cause: "own", batch: 64 }, model);
    expect(verdict).toMatchObject({
      kind: "suspected",
      poisoned: null,
      suspicion: { probe: { range: { start: 0, end: 64 }, step: 4 }, fullRunDeaths: 1 },
    });
  });

  it("is the same whether the crash was its own or came from outside", () => {
    const verdicts = (["own", "outside"] as const).map((cause) => verdictOn(first, { run, cause, batch: 64 }, model));
    expect(verdicts[0]).toEqual(verdicts[1]);
  });

  it("is that an item is deadly once it crashed twice alone", () => {
    const once = { ...noSuspicion, single: { item: 7, deaths: 1 } };
    const verdict = verdictOn(todo(4, { suspicion: once }), { run: at(4, 7, 8), cause: "own", batch: 64 }, model);
    expect(verdict).toMatchObject({ kind: "suspected", poisoned: { item: 7, code: "worker-died" } });
  });

  it.each([
    ["own", 5],
    ["outside", 20],
  ] as const)("is to give it up after too many crashes that name no items (%s: %i)", (cause, max) => {
    const before = (namelessDeaths: number) => todo(4, { suspicion: { ...noSuspicion, namelessDeaths } });
    const on = (deaths: number) => verdictOn(before(deaths), { run: null, cause, batch: 64 }, model);
    expect(on(max - 2)).toMatchObject({ kind: "suspected", suspicion: { namelessDeaths: max - 1 } });
    expect(on(max - 1)).toMatchObject({ kind: "hopeless", stage: "read", suspicion: { namelessDeaths: max } });
  });

  it("is a failed attempt after a timeout of the YAML, or one outside any run", () => {
    const limited = rules("tabular", 5);
    expect(verdictOn(first, { run, cause: "timed-out", batch: 64 }, limited)).toEqual({
      kind: "attempt-failed",
      code: "timed-out",
      message: "No progress update in 5 seconds.",
    });
    expect(verdictOn(first, { run: null, cause: "timed-out", batch: 64 }, model)).toMatchObject({
      kind: "attempt-failed",
      message: "No progress update in 30 seconds.",
    });
  });

  it("is to look for the item that hangs where the YAML gives no timeout", () => {
    const verdict = verdictOn(first, { run, cause: "timed-out", batch: 64 }, model);
    expect(verdict).toMatchObject({ kind: "suspected", suspicion: { probe: { step: 4 } } });
  });

  it("is a failed attempt when a script ended its process, and not when somebody else did", () => {
    const script = rules("script", 30);
    const status = { run: null, batch: 1 };
    expect(verdictOn(first, { ...status, cause: "own" }, script)).toMatchObject({ code: "script-exited" });
    expect(verdictOn(first, { ...status, cause: "outside" }, script)).toMatchObject({ kind: "suspected" });
  });
});

describe("the description of a death", () => {
  it.each([
    ["before it was ready", death({ phase: "starting" }), "ended (SIGSEGV) before it was ready."],
    ["between mini-batches", death({}), "ended (SIGSEGV) between mini-batches."],
    [
      "in a run",
      death({ status: at(5, 16, 32) }),
      "ended (SIGSEGV) at stage infer of mini-batch 6 (5.csv), from 5.csv, row 17 to 5.csv, row 32.",
    ],
    [
      "out of time",
      death({ cause: "timed-out", status: { miniBatchId: 4, start: 0, end: 0, stage: "working" } }),
      "ran out of time and was ended while it read or wrote mini-batch 5 (4.csv).",
    ],
    [
      "with a code",
      death({ phase: "starting", exit: { code: 3, signal: null } }),
      "ended (exit 3) before it was ready.",
    ],
    [
      "without a start",
      death({ phase: "starting", exit: { code: null, signal: null } }),
      "ended (it could not be started) before it was ready.",
    ],
  ])("says where it was: %s", (_what, how, text) => {
    expect(describeDeath(how, "tabular")).toBe(text);
  });

  it("names the mini-batch of a script, whose files it cannot tell apart", () => {
    expect(describeDeath(death({ status: at(4, 0, 0) }), "script")).toBe(
      "ended (SIGSEGV) while the script had mini-batch 5 (4.csv).",
    );
  });
});
