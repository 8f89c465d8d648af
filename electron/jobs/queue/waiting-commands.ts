import crypto from "node:crypto";
import { isProcessAlive } from "../../compute/process-alive.ts";
import type { Registry } from "../../registry/open-registry.ts";

/** Which jobs somebody waits for: a command's engine works for those only. */
export type WaitingCommands = {
  /** The jobs that a live command waits for, in whatever process. */
  readonly awaitedJobs: () => ReadonlySet<string>;
  /** Another process has the engine: this one waits for every unfinished job, as a command waits for its own. */
  readonly waitForAll: () => void;
  /** Ends what `waitForAll` began, and forgets commands that were not heard of for an hour. */
  readonly takeOver: () => void;
  /** Ends what `waitForAll` began. */
  readonly stop: () => void;
};

const aliveMs = 10_000;
const forgetMs = 3_600_000;

export function createWaitingCommands({ jobs, waiters }: Registry): WaitingCommands {
  /** Id of our own waiter, by job. */
  const own = new Map<string, string>();

  function stop(): void {
    for (const id of own.values()) waiters.remove(id);
    own.clear();
  }

  return {
    awaitedJobs() {
      const alive = waiters.listAlive(agoMs(aliveMs)).filter((waiter) => isProcessAlive(waiter.pid));
      return new Set(alive.map((waiter) => waiter.job));
    },
    waitForAll() {
      for (const { name } of jobs.listUnfinished()) {
        const known = own.get(name);
        if (known !== undefined && waiters.beat(known)) continue;
        const id = crypto.randomUUID();
        waiters.add({ id, job: name, pid: process.pid });
        own.set(name, id);
      }
    },
    takeOver() {
      stop();
      waiters.removeSilent(agoMs(forgetMs));
    },
    stop,
  };
}

function agoMs(milliseconds: number): string {
  return new Date(Date.now() - milliseconds).toISOString();
}
