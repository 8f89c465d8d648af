import { startHelper } from "../../compute/ask-helper.ts";
import { type HelperTimeout, helperTimeouts } from "../../compute/helper-timeouts.ts";
import type { ProcessHost } from "../../compute/process-host.ts";
import {
  type FromModelProcess,
  fromModelProcessSchema,
  type ToModelProcess,
} from "../../contract/messages/model-messages.ts";
import type { ModelFacts } from "../../contract/nouns/model-scan.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import type { ModelSignature } from "../../contract/signature.ts";

/** A model process that is kept for one model: first `scan`, then, if that was harmless, `open`; `end` in any case. */
export type ModelReader = {
  /**
   * What the model says and all that is wrong with it, from our own reading of its bytes. `identity` (`fileIdentity`) is
   * that of the file which was found there; left out: the file is the workspace's own.
   */
  readonly scan: (file: string, identity?: string) => Promise<Result<ModelFacts>>;
  /**
   * What the model takes and gives; may rewrite the file (see contract/model-messages.ts). A model that cannot be tried with
   * made-up items, or takes too long for it, is opened all the same.
   */
  readonly open: (file: string) => Promise<Result<ModelSignature>>;
  readonly end: () => void;
};

const died = failure("model/unreadable:process-ended");

/** What ends a call before the usual time. */
export type ReaderLimits = { readonly timeout?: HelperTimeout; readonly signal?: AbortSignal | null };

/** Whatever the model does to the process that reads it, each call ends within the timeout, with a value. */
export function startModelReader(
  host: ProcessHost,
  { timeout = helperTimeouts.model, signal = null }: ReaderLimits = {},
): ModelReader {
  // Its process starts with the first question: much is refused before a model is read.
  const helper = startHelper<ToModelProcess, typeof fromModelProcessSchema>(host, {
    program: "model-process",
    messages: fromModelProcessSchema,
    died: died.problem,
  });
  const ask = (send: ToModelProcess, longest = timeout): Promise<Result<FromModelProcess>> =>
    helper.ask(
      {
        send,
        answer: (message) => (message.type === "problem" ? { ok: false, problem: message.problem } : success(message)),
        timeout: longest,
        timedOut: failure("model/unreadable:timeout", { seconds: longest.ms / 1000 }).problem,
      },
      signal,
    );
  return {
    scan: async (file, identity) => {
      const answer = await ask({ type: "scan", file, identity: identity ?? null });
      if (!answer.ok) return answer;
      return answer.value.type === "scanned" ? success(answer.value.facts) : died;
    },
    open: async (file) => {
      const answer = await ask({ type: "open", file });
      if (!answer.ok) return answer;
      if (answer.value.type !== "opened") return died;
      const { signature } = answer.value;
      const tried = await ask({ type: "try-items" }, helperTimeouts.modelTrial);
      const isDependent = tried.ok && tried.value.type === "tried" && tried.value.dependent;
      return success(isDependent ? { ...signature, dependentItems: true } : signature);
    },
    end: () => helper.end(),
  };
}
