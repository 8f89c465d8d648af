import { type Clock, systemClock } from "../../compute/clock.ts";

/** How fast transfers go that share it. It may be changed while they run. */
export type Pace = {
  /** Null: as fast as it goes. */
  readonly limit: (bytesPerSecond: number | null) => void;
  /** Nothing more is sent or fetched until `resume`; what is on its way arrives. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Waits until so many bytes may go; returns early, too, once the signal is aborted. */
  readonly pass: (bytes: number, signal: AbortSignal) => Promise<void>;
};

/** So much may go at once after a silence, in seconds of the limit. */
const burstSeconds = 0.25;

export function createPace(clock: Pick<Clock, "now" | "setTimeout"> = systemClock): Pace {
  let perSecond: number | null = null;
  let isPaused = false;
  /** When what was let through is paid for. */
  let paidAt = clock.now();
  /** Those that wait; called, they look again. */
  const waiting = new Set<() => void>();

  function change(): void {
    paidAt = Math.min(paidAt, clock.now());
    for (const lookAgain of waiting) lookAgain();
  }

  function msToWait(): number {
    if (isPaused) return Infinity;
    return perSecond === null ? 0 : Math.max(0, paidAt - clock.now());
  }

  function wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === Infinity ? null : clock.setTimeout(done, ms);
      function done(): void {
        timer?.cancel();
        waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done, { once: true });
      waiting.add(done);
    });
  }

  return {
    limit(bytesPerSecond) {
      perSecond = bytesPerSecond;
      change();
    },
    pause() {
      isPaused = true;
      change();
    },
    resume() {
      isPaused = false;
      change();
    },
    async pass(bytes, signal) {
      for (let ms = msToWait(); ms > 0; ms = msToWait()) {
        if (signal.aborted) return;
        await wait(ms, signal);
      }
      if (perSecond === null) return;
      const now = clock.now();
      paidAt = Math.max(paidAt, now - burstSeconds * 1000) + (bytes / perSecond) * 1000;
    },
  };
}
