import { type Helper, startHelper } from "../../compute/ask-helper.ts";
import { helperTimeouts } from "../../compute/helper-timeouts.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import {
  type FromContentProcess,
  fromContentProcessSchema,
  type Listed,
  type ToContentProcess,
} from "../../contract/messages/content-messages.ts";
import { failure, problemOf, type Result, success } from "../../contract/problem.ts";

/** What is asked for the address of. */
export type ContentRequest = {
  /** Absolute, without links; of a single file, the folder that it lies in. */
  readonly folder: string;
  readonly files: Listed;
  /** What is known of the files is kept here, so that none is read twice. In a folder of ours; made when it is not there. */
  readonly ledgerFile: string;
};

export type Content = {
  /** SHA-256 in hexadecimal, over the paths, sizes and SHA-256 of all files. */
  readonly address: string;
  readonly files: number;
  readonly bytes: number;
};

/**
 * The name of what the files hold: the same content has the same one on every computer. Files are read by a process of their
 * own; those that the ledger knows are not read again. Problems: input/changed, input/unreadable, registry/damaged (the
 * listing), output/no-space, output/unwritable, azure/cancelled.
 */
export async function contentAddress(
  host: ProcessHost,
  { folder, files, ledgerFile }: ContentRequest,
  onProgress: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<Result<Content>> {
  const helper = start(host);
  const send = { type: "address", folder, files, ledgerFile } as const;
  const content = await ask(helper, send, signal, (message) => {
    if (message.type === "progress") onProgress(message.doneBytes, message.totalBytes);
    if (message.type !== "address") return null;
    return { address: message.address, files: message.files, bytes: message.bytes };
  });
  helper.end();
  return content;
}

/** What looks at files of ours that were just written; the process starts with the first question. */
export type ContentChecks = {
  /** Which of these files, by absolute path, hold something else than is said. Problems: output/unwritable, azure/cancelled. */
  readonly findDamaged: (
    files: readonly { readonly path: string; readonly md5: string }[],
    signal: AbortSignal,
  ) => Promise<Result<readonly string[]>>;
  readonly end: () => void;
};

export function startContentChecks(host: ProcessHost): ContentChecks {
  const helper = start(host);
  return {
    findDamaged: (files, signal) =>
      ask(helper, { type: "check", files: [...files] }, signal, (message) =>
        message.type === "checked" ? message.damaged : null,
      ),
    end: helper.end,
  };
}

type ContentHelper = Helper<ToContentProcess, FromContentProcess>;

function start(host: ProcessHost): ContentHelper {
  const died = problemOf("input/unreadable:hashing-ended");
  return startHelper(host, { program: "content-process", messages: fromContentProcessSchema, died });
}

async function ask<Answer>(
  helper: ContentHelper,
  send: ToContentProcess,
  signal: AbortSignal,
  answerIn: (message: FromContentProcess) => Answer | null,
): Promise<Result<Answer>> {
  const answer = (message: FromContentProcess): Result<Answer> | null => {
    if (message.type === "problem") return { ok: false, problem: message.problem };
    const value = answerIn(message);
    return value === null ? null : success(value);
  };
  const timedOut = problemOf("input/unreadable:timeout");
  const answered = await helper.ask({ send, answer, timeout: helperTimeouts.input, timedOut }, signal);
  return signal.aborted ? failure("azure/cancelled") : answered;
}
