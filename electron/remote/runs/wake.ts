import type { Clock } from "../../compute/clock.ts";

/** Waits, and what else may be cut short by one call. */
export type Wake = {
  readonly now: () => void;
  /** Aborted by `abort`, and by the next `now`. */
  readonly signal: (abort: AbortSignal) => AbortSignal;
  /** Settles after that time, and earlier by either of these. */
  readonly orAfter: (ms: number, clock: Pick<Clock, "setTimeout">, abort: AbortSignal) => Promise<void>;
};

export function createWake(): Wake {
  let current = new AbortController();
  const signal = (abort: AbortSignal): AbortSignal => AbortSignal.any([abort, current.signal]);
  return {
    now() {
      current.abort();
      current = new AbortController();
    },
    signal,
    orAfter(ms, clock, abort) {
      const either = signal(abort);
      return new Promise((resolve) => {
        if (either.aborted) {
          resolve();
          return;
        }
        const timer = clock.setTimeout(done, ms);
        function done(): void {
          timer.cancel();
          either.removeEventListener("abort", done);
          resolve();
        }
        either.addEventListener("abort", done, { once: true });
      });
    },
  };
}
