import { timedOut } from "./network-problems.ts";

/** One piece of work with a time limit. */
export type Limited = {
  /** Aborted when the time is over, and by whoever wants no answer any more. */
  readonly signal: AbortSignal;
  /** Something came or went: the time begins anew. */
  readonly alive: () => void;
  /** While this waits for something that may take as long as it likes, no time passes. */
  readonly whileWaiting: (wait: Promise<void>) => Promise<void>;
};

/**
 * The end of work that others do, which comes whatever they do: a library may not heed a signal, and a proxy's look-up or a
 * keyring knows none. `graceMs`: so long after the signal its own end is waited for; then it is left to itself. Throws what
 * `work` throws, an error with the code of `timedOut`, and an AbortError for work that was left.
 */
export async function withinTime<Value>(
  work: (limited: Limited) => Promise<Value>,
  { ms, graceMs, signal }: { readonly ms: number; readonly graceMs: number; readonly signal: AbortSignal | null },
): Promise<Value> {
  const own = new AbortController();
  const abort = (): void => own.abort();
  let isOver = false;
  let grace: NodeJS.Timeout | undefined;
  const arm = () =>
    setTimeout(() => {
      isOver = true;
      own.abort();
    }, ms);
  let timer = arm();
  const left = new Promise<never>((_resolve, reject) => {
    own.signal.addEventListener("abort", () => {
      const cut = Object.assign(new Error("It was cut off."), { name: "AbortError" });
      grace = setTimeout(() => reject(cut), graceMs);
    });
  });
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    const limited: Limited = {
      signal: own.signal,
      alive: () => void timer.refresh(),
      async whileWaiting(wait) {
        clearTimeout(timer);
        await wait;
        // Nobody ends a timer of work that was left meanwhile.
        if (!own.signal.aborted) timer = arm();
      },
    };
    return await Promise.race([work(limited), left]);
  } catch (error) {
    throw isOver ? Object.assign(new Error("Nothing came or went for too long."), { code: timedOut }) : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal?.removeEventListener("abort", abort);
  }
}
