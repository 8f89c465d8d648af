import { askHelper } from "../../compute/ask-helper.ts";
import { helperTimeouts } from "../../compute/helper-timeouts.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import {
  type FromDataProcess,
  fromDataProcessSchema,
  type ToDataProcess,
} from "../../contract/messages/data-messages.ts";
import { type Problem, problemOf, type Result } from "../../contract/problem.ts";

const timedOut = problemOf("input/unreadable:timeout");

/** Asks a data process one question about an input. When `signal` is aborted the answer is `died`. */
export function askDataProcess<Answer>(
  host: ProcessHost,
  send: ToDataProcess,
  how: {
    /** Null: the message is no answer. */
    readonly answer: (message: FromDataProcess) => Answer | null;
    readonly died: Problem;
    readonly signal: AbortSignal | null;
  },
): Promise<Result<Answer>> {
  const answer = (message: FromDataProcess): Result<Answer> | null => {
    if (message.type === "problem") return { ok: false, problem: message.problem };
    const value = how.answer(message);
    return value === null ? null : { ok: true, value };
  };
  return askHelper(
    host,
    { program: "data-process", messages: fromDataProcessSchema, died: how.died },
    { send, answer, timeout: helperTimeouts.input, timedOut },
    how.signal,
  );
}
