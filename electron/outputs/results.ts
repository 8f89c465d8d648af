import { helperTimeouts } from "../compute/helper-timeouts.ts";
import { lastingHelper } from "../compute/lasting-helper.ts";
import type { ProcessHost } from "../compute/process-host.ts";
import { failure, problemOf, success, type Result } from "../contract/problem.ts";
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

const ended = problemOf("input/unreadable:results-ended");
const timedOut = problemOf("input/unreadable:results-timeout");

/** Reads results in a process of its own, which starts with the first request and ends when nobody asked for `idleMs`. */
export function createResultsReader(host: ProcessHost, idleMs = 60_000): ResultsReader {
  const program = { program: "results-process", messages: fromResultsProcessSchema, died: ended } as const;
  const helper = lastingHelper<ToResultsProcess, typeof fromResultsProcessSchema>(host, program, idleMs);
  let lastRequest = 0;
  let closed = false;

  async function ask(makeRequest: (requestId: number) => ToResultsProcess): Promise<Result<ResultsPage>> {
    if (closed) return failure("input/unreadable:closing");
    lastRequest += 1;
    const requestId = lastRequest;
    return helper.ask<ResultsPage>({
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
  }

  return {
    page: (source, offset, limit) => ask((requestId) => ({ type: "page", requestId, ...source, offset, limit })),
    miniBatches: (journalFile, offset, limit) =>
      ask((requestId) => ({ type: "mini-batches", requestId, journalFile, offset, limit })),
    close() {
      closed = true;
      helper.end();
    },
  };
}
