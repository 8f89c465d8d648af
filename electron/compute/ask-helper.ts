import type { z } from "zod";
import type { Problem, Result } from "../contract/problem.ts";
import type { HelperTimeout } from "./helper-timeouts.ts";
import { type Conversation, converse } from "./hosted-conversation.ts";
import type { ProcessExit, ProcessHost, ProgramName } from "./process-host.ts";

/** Which program answers, how its messages are parsed, and what is said when it ends instead of answering. */
export type HelperProgram<Schema extends z.ZodType> = {
  readonly program: ProgramName;
  readonly messages: Schema;
  readonly died: Problem;
};

export type Question<Sent, Received, Answer> = {
  readonly send: Sent;
  /** The answer that a message holds; null: it holds none yet, such as progress. */
  readonly answer: (message: Received) => Result<Answer> | null;
  readonly timeout: HelperTimeout;
  readonly timedOut: Problem;
};

/**
 * A helper process that is asked one question at a time. Whatever it does, every question has one answer: its own, or a
 * problem. The process is ended when it sends what does not parse, when it runs out of time, and when the signal of the
 * question that it works on is aborted; that question and those that wait then get the problem `died` or `timedOut`.
 *
 *   not started -> asked <-> idle -> gone
 */
export type Helper<Sent, Received> = {
  /** Starts the process with the first question. */
  readonly ask: <Answer>(
    question: Question<Sent, Received, Answer>,
    signal?: AbortSignal | null,
  ) => Promise<Result<Answer>>;
  /** No question waits for an answer. */
  readonly isIdle: () => boolean;
  readonly isGone: () => boolean;
  readonly end: () => void;
  /** Settles once the process is gone; with null when it never ran. */
  readonly gone: Promise<ProcessExit | null>;
};

/** Asks a process that is started for this question alone, and ended with the answer. */
export async function askHelper<Sent, Schema extends z.ZodType, Answer>(
  host: ProcessHost,
  helper: HelperProgram<Schema>,
  question: Question<Sent, z.infer<Schema>, Answer>,
  signal: AbortSignal | null = null,
): Promise<Result<Answer>> {
  const asked = startHelper<Sent, Schema>(host, helper);
  const answer = await asked.ask(question, signal);
  asked.end();
  return answer;
}

type Asked<Sent, Received> = {
  readonly send: Sent;
  readonly timeout: HelperTimeout;
  /** True: the message held the answer. */
  readonly take: (message: Received) => boolean;
  readonly settle: (how: "died" | "timed-out") => void;
};

export function startHelper<Sent, Schema extends z.ZodType>(
  host: ProcessHost,
  { program, messages, died }: HelperProgram<Schema>,
): Helper<Sent, z.infer<Schema>> {
  type Received = z.infer<Schema>;
  let conversation: Conversation<Sent> | null = null;
  let isGone = false;
  let timer: NodeJS.Timeout | undefined;
  /** The first is being answered. */
  let waiting: Asked<Sent, Received>[] = [];
  let settleGone: (exit: ProcessExit | null) => void = () => undefined;
  const gone = new Promise<ProcessExit | null>((resolve) => {
    settleGone = resolve;
  });

  function begin(): Conversation<Sent> {
    return converse<Sent, Schema>(host, program, messages, hear, (exit) => {
      end();
      settleGone(exit);
    });
  }

  function hear(message: Received): void {
    const [first] = waiting;
    if (first === undefined) return;
    if (first.timeout.of === "silence") timer?.refresh();
    if (!first.take(message)) return;
    clearTimeout(timer);
    waiting.shift();
    sendFirst();
  }

  function sendFirst(): void {
    const [first] = waiting;
    if (first === undefined || isGone) return;
    try {
      conversation ??= begin();
    } catch {
      // The system could not start it: for whoever asks, that is a helper that died.
      end();
      return;
    }
    timer = setTimeout(() => {
      first.settle("timed-out");
      waiting.shift();
      end();
    }, first.timeout.ms);
    if (!conversation.send(first.send)) end();
  }

  function end(): void {
    if (isGone) return;
    isGone = true;
    clearTimeout(timer);
    const left = waiting;
    waiting = [];
    for (const asked of left) asked.settle("died");
    if (conversation === null) settleGone(null);
    else conversation.kill();
  }

  function ask<Answer>(
    { send, answer, timeout, timedOut }: Question<Sent, Received, Answer>,
    signal: AbortSignal | null = null,
  ): Promise<Result<Answer>> {
    return new Promise((resolve) => {
      const settle = (result: Result<Answer>): void => {
        signal?.removeEventListener("abort", abort);
        resolve(result);
      };
      const asked: Asked<Sent, Received> = {
        send,
        timeout,
        take(message) {
          const answered = answer(message);
          if (answered !== null) settle(answered);
          return answered !== null;
        },
        settle: (how) => settle({ ok: false, problem: how === "died" ? died : timedOut }),
      };
      function abort(): void {
        const isBeingAnswered = waiting[0] === asked;
        waiting = waiting.filter((other) => other !== asked);
        asked.settle("died");
        if (isBeingAnswered) end();
      }
      if (isGone || signal?.aborted === true) {
        asked.settle("died");
        return;
      }
      signal?.addEventListener("abort", abort);
      waiting.push(asked);
      if (waiting.length === 1) sendFirst();
    });
  }

  return { ask, isIdle: () => waiting.length === 0, isGone: () => isGone, end, gone };
}
