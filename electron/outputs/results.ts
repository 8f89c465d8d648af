import type { HostedProcess, ProcessHost } from "../compute/process-host.ts";
import { failure, success, type Result } from "../contract/problem.ts";
import {
  fromResultsProcessSchema,
  type ReadableFile,
  type ResultsPage,
  type ToResultsProcess,
} from "../contract/messages/results-messages.ts";

export type ResultsReader = {
  /** Rows `offset` to `offset + limit` (at most 500), cells as text. `input/unreadable` when they cannot be read. */
  readonly page: (source: ReadableFile, offset: number, limit: number) => Promise<Result<ResultsPage>>;
  /** Records of a job's mini-batches from its journal, as `page` gives rows. */
  readonly miniBatches: (journalFile: string, offset: number, limit: number) => Promise<Result<ResultsPage>>;
  /** Ends the process; requests that wait are answered with a problem. */
  readonly close: () => void;
};

type Running = {
  readonly child: HostedProcess;
  readonly waiting: Map<number, (page: Result<ResultsPage>) => void>;
};

/** Reads results in a process of its own, which starts with the first request and ends when nobody asked for `idleMs`. */
export function createResultsReader(host: ProcessHost, idleMs = 60_000): ResultsReader {
  let running: Running | null = null;
  let started = 0;
  let lastRequest = 0;
  let idleTimer: NodeJS.Timeout | null = null;
  let closed = false;

  function start(): Running {
    started += 1;
    const child = host.start("results-process", { label: `results-${process.pid}-${started}`, environment: {} });
    const current: Running = { child, waiting: new Map() };
    child.onMessage((message) => {
      const answer = fromResultsProcessSchema.parse(message);
      const settle = current.waiting.get(answer.requestId);
      current.waiting.delete(answer.requestId);
      settle?.(answer.type === "page" ? success(answer.page) : unreadable(answer.message));
    });
    child.onExit(() => {
      if (running === current) running = null;
      for (const settle of current.waiting.values()) settle(unreadable("The process that reads results ended."));
      current.waiting.clear();
    });
    running = current;
    return current;
  }

  function endWhenIdle(): void {
    if (idleTimer !== null) clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      if (running === null || running.waiting.size > 0) return;
      const { child } = running;
      running = null;
      child.kill();
    }, idleMs);
    idleTimer.unref();
  }

  function ask(makeRequest: (requestId: number) => ToResultsProcess): Promise<Result<ResultsPage>> {
    if (closed) return Promise.resolve(unreadable("Batchdeck is closing."));
    const current = running ?? start();
    lastRequest += 1;
    const request = makeRequest(lastRequest);
    return new Promise((resolve) => {
      current.waiting.set(request.requestId, (page) => {
        resolve(page);
        endWhenIdle();
      });
      if (!current.child.send(request)) {
        current.waiting.delete(request.requestId);
        resolve(unreadable("The process that reads results ended."));
      }
    });
  }

  return {
    page: (source, offset, limit) => ask((requestId) => ({ type: "page", requestId, ...source, offset, limit })),
    miniBatches: (journalFile, offset, limit) =>
      ask((requestId) => ({ type: "mini-batches", requestId, journalFile, offset, limit })),
    close() {
      closed = true;
      if (idleTimer !== null) clearTimeout(idleTimer);
      const current = running;
      running = null;
      current?.child.kill();
    },
  };
}

function unreadable(reason: string): Result<ResultsPage> {
  const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  return failure("input/unreadable", `The results cannot be read: ${sentence}`, "Try again in a moment.");
}
