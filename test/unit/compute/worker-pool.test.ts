import { describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../electron/compute/clock.ts";
import type { ProcessExit, ProcessHost } from "../../../electron/compute/process-host.ts";
import { createWorkerPool } from "../../../electron/compute/worker-pool.ts";

function poolOfTest(maxProcesses: number) {
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
  const alive = new Set<string>();
  const host: ProcessHost = {
    start(_program, { label }) {
      const listeners: ((exit: ProcessExit) => void)[] = [];
      alive.add(label);
      return {
        pid: () => 1,
        send: () => true,
        onMessage: () => undefined,
        onExit: (listener) => listeners.push(listener),
        kill() {
          if (alive.delete(label)) for (const listener of listeners) listener({ code: null, signal: "SIGKILL" });
        },
      };
    },
  };
  return { pool: createWorkerPool(host, maxProcesses, clock), timers, alive };
}

describe("an idle worker", () => {
  it("is ended when its idle time has passed on the pool's clock", () => {
    const { pool, timers, alive } = poolOfTest(2);
    const worker = pool.take("model", {});
    pool.release(worker, 120);
    expect([timers.map(({ ms }) => ms), pool.idleCount(), worker.isAlive()]).toEqual([[120_000], 1, true]);
    timers[0]?.work();
    expect([pool.idleCount(), alive.size]).toEqual([0, 0]);
  });

  it("is not ended any more once it is taken again", () => {
    const { pool, timers } = poolOfTest(2);
    const worker = pool.take("model", {});
    pool.release(worker, 120);
    expect(pool.take("model", {})).toBe(worker);
    expect(timers[0]?.isCancelled).toBe(true);
  });

  it("leaves no timer behind when it dies or the pool is closed", () => {
    const { pool, timers, alive } = poolOfTest(2);
    const [one, two] = [pool.take("model", {}), pool.take("model", {})];
    pool.release(one, 120);
    pool.release(two, 120);
    one.kill();
    pool.close();
    expect([timers.map(({ isCancelled }) => isCancelled), alive.size]).toEqual([[true, true], 0]);
  });
});
