import { type Conversation, converse } from "../../compute/hosted-conversation.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import {
  type FromModelProcess,
  fromModelProcessSchema,
  type ToModelProcess,
} from "../../contract/messages/model-messages.ts";
import type { ModelFacts } from "../../contract/nouns/model-scan.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ModelSignature } from "../../contract/signature.ts";

const timeLimitMs = 60_000;

/** A model process that is kept for one model: first `scan`, then, if that was harmless, `open`; `end` in any case. */
export type ModelReader = {
  /** What the model says and all that is wrong with it, from our own reading of its bytes. */
  readonly scan: (file: string) => Promise<Result<ModelFacts>>;
  /** May rewrite the file (see contract/model-messages.ts). */
  readonly open: (file: string) => Promise<Result<ModelSignature>>;
  readonly end: () => void;
};

/** Whatever the model does to the process that reads it, each call ends within a minute, with a value. */
export function startModelReader(host: ProcessHost): ModelReader {
  let waiting: ((answer: Result<FromModelProcess>) => void) | null = null;
  let gone = false;
  const settle = (answer: Result<FromModelProcess>): void => {
    const listener = waiting;
    waiting = null;
    listener?.(answer);
  };
  const died = (): Result<never> =>
    failure("model/unreadable", "The model could not be opened: the process that read it ended.");
  let started: Conversation<ToModelProcess> | null = null;
  // Not before it is needed: much is refused before a model is read.
  const conversation = (): Conversation<ToModelProcess> => {
    started ??= converse<ToModelProcess, typeof fromModelProcessSchema>(
      host,
      "model-process",
      fromModelProcessSchema,
      (message) => settle(message.type === "problem" ? { ok: false, problem: message.problem } : success(message)),
      () => {
        gone = true;
        settle(died());
      },
    );
    return started;
  };
  const ask = (message: ToModelProcess): Promise<Result<FromModelProcess>> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        settle(failure("model/unreadable", `The model could not be opened within ${timeLimitMs / 1000} seconds.`));
        conversation().kill();
      }, timeLimitMs);
      waiting = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      if (gone || !conversation().send(message)) settle(died());
    });
  return {
    scan: async (file) => {
      const answer = await ask({ type: "scan", file });
      if (!answer.ok) return answer;
      return answer.value.type === "scanned" ? success(answer.value.facts) : died();
    },
    open: async (file) => {
      const answer = await ask({ type: "open", file });
      if (!answer.ok) return answer;
      return answer.value.type === "opened" ? success(answer.value.signature) : died();
    },
    end: () => started?.kill(),
  };
}
