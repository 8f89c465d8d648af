import { type Clock, systemClock, type Timer } from "./clock.ts";
import type { ProcessHost } from "./process-host.ts";
import type { Worker } from "./worker.ts";
import { startWorker } from "./worker.ts";

/**
 * The worker processes of this machine. A job takes workers and gives them back; one that was given back waits, with
 * its model loaded, for the next job with the same model, and exits after the idle time (scale to zero).
 */
export type WorkerPool = {
  /** A worker for this key: an idle one if there is, else a new process. */
  readonly take: (key: string, environment: Readonly<Record<string, string>>) => Worker;
  /** Gives a healthy worker back. It is ended after `idleSeconds` without work. */
  readonly release: (worker: Worker, idleSeconds: number) => void;
  readonly idleCount: () => number;
  /** Ends every process that is idle; those in use belong to their job. */
  readonly close: () => void;
};

export function createWorkerPool(host: ProcessHost, maxProcesses: number, clock: Clock = systemClock): WorkerPool {
  /** With the timer that ends it. */
  const idle = new Map<Worker, Timer>();
  const busy = new Set<Worker>();
  let started = 0;

  function forget(worker: Worker): void {
    idle.get(worker)?.cancel();
    idle.delete(worker);
    busy.delete(worker);
  }

  function end(worker: Worker): void {
    forget(worker);
    worker.listen(null);
    worker.kill();
  }

  function start(key: string, environment: Readonly<Record<string, string>>): Worker {
    // An idle worker of another model must not keep cores and memory from one that has work.
    for (const other of idle.keys()) {
      if (idle.size + busy.size < maxProcesses) break;
      end(other);
    }
    started += 1;
    const worker: Worker = startWorker(host, `worker-${started}`, key, environment, () => forget(worker));
    return worker;
  }

  return {
    take(key, environment) {
      const waiting = [...idle.keys()].find((worker) => worker.key === key && worker.isAlive());
      const worker = waiting ?? start(key, environment);
      idle.get(worker)?.cancel();
      idle.delete(worker);
      busy.add(worker);
      return worker;
    },
    release(worker, idleSeconds) {
      busy.delete(worker);
      worker.listen(null);
      if (!worker.isAlive()) return;
      idle.set(
        worker,
        clock.setTimeout(() => end(worker), idleSeconds * 1000),
      );
    },
    idleCount: () => idle.size,
    close() {
      for (const worker of [...idle.keys()]) end(worker);
    },
  };
}
