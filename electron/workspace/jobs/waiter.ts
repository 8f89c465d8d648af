import crypto from "node:crypto";
import type { Registry } from "../../registry/open-registry.ts";
import { ifWritable } from "../disk.ts";

/** A command that waits for a job: as long as it does, also an engine without a window works for the job. */
export type Waiter = {
  /** To be called often: says that the command lives. */
  readonly beat: () => void;
  readonly end: () => void;
};

const heartbeatMs = 1000;

/** `job` in its own spelling: names are found whatever their case, and the engine compares. */
export function createWaiter({ waiters, hastily }: Registry, job: string): Waiter {
  const id = crypto.randomUUID();
  const add = () => waiters.add({ id, job, pid: process.pid });
  let beatAt = performance.now();
  ifWritable(add);
  return {
    beat() {
      if (performance.now() - beatAt <= heartbeatMs) return;
      // This process may be the engine: it cannot stand still until another program lets go of the registry. The next call
      // tries again.
      ifWritable(() => {
        hastily(() => {
          // An engine forgets a waiter that was silent for long: asleep, or by a clock that was set.
          if (!waiters.beat(id)) add();
        });
        beatAt = performance.now();
      });
    },
    end() {
      ifWritable(() => waiters.remove(id));
    },
  };
}
