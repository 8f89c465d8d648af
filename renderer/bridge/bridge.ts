import type {
  Bridge,
  CallAnswer,
  CallInput,
  CallName,
  EventName,
  EventPayload,
} from "../../electron/contract/channels.ts";
import type { Problem } from "../../electron/contract/problem.ts";
import { t } from "../locales/words.ts";
import { written } from "../../electron/contract/problem.ts";

declare global {
  interface Window {
    /** Put there by the preload script; absent when it could not run. */
    readonly batchdeck?: Bridge;
  }
}

/** False when the preload script did not run; then nothing below may be called. */
export function hasBridge(): boolean {
  return window.batchdeck !== undefined;
}

/** Asks main. Never rejects: a call that breaks on its way is a problem like any other. */
export async function call<Name extends Exclude<CallName, "inputs:grant">>(
  name: Name,
  input: CallInput<Name>,
): Promise<CallAnswer<Name>> {
  try {
    return await bridge().call[name](input);
  } catch (error) {
    return { ok: false, problem: brokenCall(error) };
  }
}

/** Hands a dropped file or folder to main, which knows its path from then on. */
export async function grantDropped(file: File): Promise<CallAnswer<"inputs:grant">> {
  try {
    return await bridge().grantDropped(file);
  } catch (error) {
    return { ok: false, problem: brokenCall(error) };
  }
}

/** Returns a function that ends the subscription. */
export function listen<Name extends EventName>(
  event: Name,
  listener: (payload: EventPayload<Name>) => void,
): () => void {
  return bridge().on(event, listener);
}

function bridge(): Bridge {
  if (window.batchdeck === undefined) throw new Error("The preload script did not run.");
  return window.batchdeck;
}

function brokenCall(error: unknown): Problem {
  // The details are for whoever opens the developer tools; people get a sentence they can act on.
  reportError(error);
  return written("engine/bug", t("bridge.failed"), t("bridge.failedRemedy"));
}
