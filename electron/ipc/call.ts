import { calls, type CallAnswer, type CallInput, type CallName, type CallOutput } from "../contract/channels.ts";
import { failure, type Problem, type Result, success } from "../contract/problem.ts";

/** One function for each call of the channel table. Expected failures are results; what is thrown is a bug. */
export type CallHandlers = {
  readonly [Name in CallName]: (input: CallInput<Name>) => Result<CallOutput<Name>> | Promise<Result<CallOutput<Name>>>;
};

/** What Electron says about who called: the parts of `IpcMainInvokeEvent` that are looked at. */
export type CallEvent = {
  readonly sender: { readonly id: number };
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
};

export type CallGate = {
  /** Ids of the web contents of our own windows. */
  readonly trustedSenders: ReadonlySet<number>;
  /** Every page of ours starts with this, for example `app://batchdeck/`. */
  readonly origin: string;
  /** Parse answers too: on while developing and testing, off in a packaged app. */
  readonly checkAnswers: boolean;
  readonly log: (line: string) => void;
  /** The problem that an exception of a handler stands for, such as a registry that is locked; null for a bug. */
  readonly expected: (error: unknown) => Problem | null;
};

/**
 * Makes the function that Electron runs for one call: who asks is checked first, before anything is awaited; then the
 * input is parsed (unknown keys are refused), the handler runs, and the answer goes into the envelope.
 *
 * A stranger's call rejects. Everything else, bugs included, is answered with `{ ok: false, problem }`.
 */
export function callListener<Name extends CallName>(
  name: Name,
  handler: CallHandlers[Name],
  gate: CallGate,
): (event: CallEvent, input: unknown) => Promise<CallAnswer<Name>> {
  return async (event, input) => {
    if (!isTrusted(event, gate)) {
      gate.log(`${name} refused: not called by a page of ours (${event.senderFrame?.url ?? "no frame"}).`);
      throw new Error("Refused.");
    }
    const parsed = calls[name].input.safeParse(input);
    if (!parsed.success) {
      gate.log(`${name} refused: ${parsed.error.message}`);
      return failure("usage/invalid:call", { call: name });
    }
    try {
      const result = await handler(parsed.data as never);
      if (!result.ok) return result;
      if (!gate.checkAnswers) return success(result.value);
      return success(calls[name].output.parse(result.value)) as CallAnswer<Name>;
    } catch (error) {
      const problem = gate.expected(error);
      if (problem !== null) return { ok: false, problem };
      gate.log(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
      return failure("engine/bug:call", { call: name, reason });
    }
  };
}

function isTrusted(event: CallEvent, gate: CallGate): boolean {
  const frame = event.senderFrame;
  if (frame === null || frame.parent !== null) return false;
  return gate.trustedSenders.has(event.sender.id) && frame.url.startsWith(gate.origin);
}
