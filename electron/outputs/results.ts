import { type Helper, startHelper } from "../compute/ask-helper.ts";
import { helperTimeouts } from "../compute/helper-timeouts.ts";
import type { ProcessHost } from "../compute/process-host.ts";
import { failure, problemOf, success, type Result } from "../contract/problem.ts";
import {
  type FromResultsProcess,
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

type ResultsProcess = Helper<ToResultsProcess, FromResultsProcess>;

const ended = problemOf("input/unreadable:results-ended");
const timedOut = problemOf("input/unreadable:results-timeout");

/** Reads results in a process of its own, which starts with the first request and ends when nobody asked for `idleMs`. */
export function createResultsReader(host: ProcessHost, idleMs = 60_000): ResultsReader {
  let running: ResultsProcess | null = null;
  let lastRequest = 0;
  let idleTimer: NodeJS.Timeout | null = null;
  let closed = false;

  function endWhenIdle(): void {
    if (idleTimer !== null) clearTimeout(idleTimer);
    idleTimer = setTimeout(() => {
      if (running?.isIdle() === true) running.end();
    }, idleMs);
    idleTimer.unref();
  }

  async function ask(makeRequest: (requestId: number) => ToResultsProcess): Promise<Result<ResultsPage>> {
    if (closed) return failure("input/unreadable:closing");
    if (running === null || running.isGone()) {
      running = startHelper(host, { program: "results-process", messages: fromResultsProcessSchema, died: ended });
    }
    lastRequest += 1;
    const requestId = lastRequest;
    const page = await running.ask<ResultsPage>({
      send: makeRequest(requestId),
      answer: (message) => {
        if (message.requestId !== requestId) return null;
        return message.type === "page"
          ? success(message.page)
          : failure("input/unreadable:results", { reason: message.message });
      },
      timeout: helperTimeouts.results,
      timedOut,
    });
    endWhenIdle();
    return page;
  }

  return {
    page: (source, offset, limit) => ask((requestId) => ({ type: "page", requestId, ...source, offset, limit })),
    miniBatches: (journalFile, offset, limit) =>
      ask((requestId) => ({ type: "mini-batches", requestId, journalFile, offset, limit })),
    close() {
      closed = true;
      if (idleTimer !== null) clearTimeout(idleTimer);
      running?.end();
    },
  };
}
