import { describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../../electron/compute/clock.ts";
import type { Worker, WorkerListener } from "../../../../electron/compute/worker.ts";
import type { JobSpec } from "../../../../electron/contract/nouns/job-spec.ts";
import { claimOf } from "../../../../electron/jobs/dispatch/claimed-mini-batch.ts";
import { createWorkerSlots } from "../../../../electron/jobs/dispatch/worker-slots.ts";
import { noSuspicion } from "../../../../electron/jobs/journal/narrowing.ts";

const part = { file: "a.csv", sizeBytes: 9, modifiedMs: 1, start: 0, end: 9, firstRow: 1, items: 9, problem: null };
const todo = {
  miniBatch: { id: 7, items: 9, parts: [part] as [typeof part] },
  bytes: 9,
  attempts: 0,
  suspicion: noSuspicion,
  givingUp: null,
};

/** Slots over workers that only note what they are told, on a clock that the test moves. */
function slotsOfTest() {
  const spec = {
    model: { file: "m.onnx" },
    scorer: { kind: "tabular" },
    device: "cpu",
    settings: { environment_variables: {}, retry_settings: { max_retries: 3, timeout: 10 } },
  } as unknown as JobSpec;
  const listeners = new Map<Worker, WorkerListener | null>();
  const killed: string[] = [];
  const closing: string[] = [];
  const released: string[] = [];
  const deaths: string[] = [];
  const timers: { work: () => void; ms: number; isCancelled: boolean }[] = [];
  const clock: Clock = {
    ...systemClock,
    setTimeout(work, ms) {
      const timer = { work, ms, isCancelled: false };
      timers.push(timer);
      return {
        cancel() {
          timer.isCancelled = true;
        },
      };
    },
  };
  const take = (): Worker => {
    const id = `worker-${listeners.size + 1}`;
    const worker: Worker = {
      id,
      key: "",
      pid: () => 1,
      send: (message) => void (message.type === "close-job" && closing.push(id)),
      kill: () => void killed.push(id),
      listen: (listener) => void listeners.set(worker, listener),
      isAlive: () => true,
    };
    return worker;
  };
  const slots = createWorkerSlots({
    spec,
    files: { segments: "/segments", logs: "/logs" },
    epoch: 1,
    pool: { take, release: (worker) => void released.push(worker.id), idleCount: () => 0, close: () => undefined },
    idleSeconds: 60,
    log: { debug: () => undefined, info: () => undefined, warning: () => undefined, close: () => undefined },
    clock,
    onMessage: () => undefined,
    onDeath: (slot) => void deaths.push(`${slot.worker.id} ${slot.phase.current()} ${slot.departure?.kind ?? "stays"}`),
  });
  const die = (place: number) => [...listeners.values()][place]?.onDeath({ code: null, signal: "SIGKILL" });
  const work = (count: number) => {
    for (let opened = 0; opened < count; opened += 1) slots.open("cpu");
    for (const slot of slots.all()) {
      slot.phase.move("ready");
      slot.claimed = [claimOf(todo)];
    }
  };
  return { slots, killed, closing, released, deaths, timers, die, work };
}

describe("workers above the number allowed", () => {
  it("are those that hold least; they finish within two seconds or are killed", () => {
    const { slots, killed, closing, work } = slotsOfTest();
    work(2);
    slots.open("cpu");
    slots.tick(1000);
    slots.keep(1);
    expect(slots.staying().map((slot) => slot.worker.id)).toEqual(["worker-1"]);
    expect([closing, killed]).toEqual([[], []]);
    slots.tick(3000);
    expect(killed).toEqual([]);
    slots.tick(3001);
    expect(killed).toEqual(["worker-2", "worker-3"]);
  });

  it("close the job when they have nothing left, and go back to the pool", () => {
    const { slots, killed, closing, released, work } = slotsOfTest();
    work(2);
    slots.keep(1);
    const [, leaving] = slots.all();
    if (leaving === undefined) throw new Error("There is no second slot.");
    leaving.claimed = [];
    slots.settle();
    expect([closing, leaving.phase.current()]).toEqual([["worker-2"], "closing"]);
    slots.release(leaving);
    expect([released, killed, slots.all().length]).toEqual([["worker-2"], [], 1]);
  });

  it("stay after all when more are allowed before they have gone", () => {
    const { slots, killed, work } = slotsOfTest();
    work(2);
    slots.keep(0);
    slots.keep(2);
    slots.tick(5000);
    expect([slots.staying().length, killed]).toEqual([2, []]);
  });
});

describe("a worker that runs out of time", () => {
  it("is killed once, and its death is not taken for a departure", () => {
    const { slots, killed, deaths, work, die } = slotsOfTest();
    work(1);
    slots.tick(10_001);
    slots.tick(10_100);
    slots.keep(0);
    slots.keep(1);
    expect(killed).toEqual(["worker-1"]);
    die(0);
    expect([deaths, slots.all()]).toEqual([["worker-1 ready timed-out"], []]);
  });
});

describe("stopping", () => {
  it("kills at once what is only starting, and after two seconds of the clock what still works", async () => {
    const { slots, killed, timers, work, die } = slotsOfTest();
    work(1);
    slots.open("cpu");
    const stopped = slots.stop("finish");
    expect([killed, timers.map(({ ms }) => ms)]).toEqual([["worker-2"], [2000]]);
    die(1);
    timers[0]?.work();
    expect(killed).toEqual(["worker-2", "worker-1"]);
    die(0);
    await stopped;
    expect([slots.all(), timers[0]?.isCancelled]).toEqual([[], true]);
  });

  it("kills everything when it is to be now", async () => {
    const { slots, killed, deaths, work, die } = slotsOfTest();
    work(2);
    const stopped = slots.stop("now");
    expect(killed).toEqual(["worker-1", "worker-2"]);
    die(0);
    die(1);
    await stopped;
    expect(deaths).toEqual(["worker-1 ready stopping", "worker-2 ready stopping"]);
  });

  it("is over at once where there are no workers", async () => {
    const { slots, timers } = slotsOfTest();
    await slots.stop("finish");
    expect(timers).toEqual([]);
  });
});
