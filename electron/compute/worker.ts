import fs from "node:fs";
import type { FromWorker, ToWorker } from "../contract/messages/worker-messages.ts";
import { fromWorkerSchema } from "../contract/messages/worker-messages.ts";
import type { WorkerStatus } from "../contract/messages/worker-status.ts";
import { readWorkerStatus } from "../contract/messages/worker-status.ts";
import type { HostedProcess, ProcessExit, ProcessHost } from "./process-host.ts";

/** One worker process as the engine sees it: typed messages one way, typed messages and one death the other way. */
export type Worker = {
  readonly id: string;
  /** The model and environment it was started for: a worker is only used again for the same. */
  readonly key: string;
  /** Undefined until the operating system has started the process. */
  readonly pid: () => number | undefined;
  readonly send: (message: ToWorker) => void;
  readonly kill: () => void;
  /** Whoever holds the worker listens; taking it up replaces the listener. */
  readonly listen: (listener: WorkerListener | null) => void;
  readonly isAlive: () => boolean;
};

export type WorkerListener = {
  readonly onMessage: (message: FromWorker) => void;
  readonly onDeath: (exit: ProcessExit) => void;
};

export function startWorker(
  host: ProcessHost,
  id: string,
  key: string,
  environment: Readonly<Record<string, string>>,
  onGone: () => void,
): Worker {
  const child: HostedProcess = host.start("worker", { label: id, environment });
  let listener: WorkerListener | null = null;
  let alive = true;

  child.onMessage((raw) => {
    // A system may deliver the last messages after the end: by then all that the worker held is in other hands.
    if (!alive) return;
    const message = fromWorkerSchema.safeParse(raw);
    // A worker runs native code on hostile input: what it says is parsed, and one that says nonsense is ended.
    if (message.success) listener?.onMessage(message.data);
    else child.kill();
  });
  child.onExit((exit) => {
    alive = false;
    onGone();
    listener?.onDeath(exit);
  });

  return {
    id,
    key,
    pid: () => child.pid(),
    send: (message) => {
      child.send(message);
    },
    kill: () => child.kill(),
    listen(next) {
      listener = next;
    },
    isAlive: () => alive,
  };
}

/** What a worker was doing when it died, from its status file; null when it was doing nothing risky. */
export function readStatusFile(statusFile: string): WorkerStatus | null {
  try {
    return readWorkerStatus(fs.readFileSync(statusFile));
  } catch {
    return null;
  }
}
