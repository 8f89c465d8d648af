import type { z } from "zod";
import type { Result } from "../contract/problem.ts";
import { type Helper, type HelperProgram, type Question, startHelper } from "./ask-helper.ts";
import type { ProcessHost } from "./process-host.ts";

/** A helper process for as long as it is of use: it starts with a question, and again when it is gone by the next one. */
export type LastingHelper<Sent, Received> = {
  readonly ask: <Answer>(question: Question<Sent, Received, Answer>) => Promise<Result<Answer>>;
  /** Ends the process; questions that wait are answered with a problem. It starts again with the next question. */
  readonly end: () => void;
};

/** It ends when nobody asked for `idleMs`. */
export function lastingHelper<Sent, Schema extends z.ZodType>(
  host: ProcessHost,
  program: HelperProgram<Schema>,
  idleMs: number,
): LastingHelper<Sent, z.infer<Schema>> {
  let running: Helper<Sent, z.infer<Schema>> | null = null;
  let idleTimer: NodeJS.Timeout | null = null;

  function stopTimer(): void {
    if (idleTimer !== null) clearTimeout(idleTimer);
  }

  function endWhenIdle(): void {
    stopTimer();
    idleTimer = setTimeout(() => {
      if (running?.isIdle() === true) running.end();
    }, idleMs);
    idleTimer.unref();
  }

  return {
    async ask(question) {
      if (running === null || running.isGone()) running = startHelper<Sent, Schema>(host, program);
      const answer = await running.ask(question);
      endWhenIdle();
      return answer;
    },
    end() {
      stopTimer();
      running?.end();
    },
  };
}
