import type { Clock } from "../../compute/clock.ts";
import type { Problem } from "../../contract/problem.ts";
import { type Patience, transferPatience } from "../network/patience.ts";

/** How long one job waits before it asks Azure again. Milliseconds. */
export type RunPatience = {
  /** Azure could not be reached: since when (ISO 8601), and how long to wait now; longer each time. */
  readonly next: (problem: Problem) => { readonly since: string; readonly ms: number };
  /** Azure answered. */
  readonly reset: () => void;
  /** Before the next look at a job that goes on; `asked`: what Azure wants, in seconds. */
  readonly poll: (asked: number | null) => number;
  /** Something has changed: the next looks come soon. */
  readonly begin: () => void;
  /** Between looks for a job that Azure does not know yet. */
  readonly between: (looks: number) => number;
};

/** Milliseconds; each wait is longer than the one before, up to the longest. */
export type RunTimes = {
  /** Between tries while Azure cannot be reached. */
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
  /** Between looks at a job that goes on. */
  readonly firstPollMs: number;
  readonly mostPollMs: number;
  /** Between tries of one request of a transfer. */
  readonly transfers: Patience;
};

export const usualTimes: RunTimes = {
  ...{ firstWaitMs: 1000, mostWaitMs: 60_000, firstPollMs: 1000, mostPollMs: 30_000 },
  transfers: transferPatience,
};

/** Azure may ask for any wait; a day is enough for each. */
const mostAskedMs = 24 * 3_600_000;

export function createPatience(clock: Pick<Clock, "timestamp">, times: RunTimes): RunPatience {
  const { firstWaitMs, mostWaitMs, firstPollMs, mostPollMs } = times;
  let trouble: { readonly since: string; readonly ms: number } | null = null;
  let pollMs = firstPollMs;
  return {
    next({ params: { seconds } }) {
      const ms = trouble === null ? firstWaitMs : Math.min(mostWaitMs, trouble.ms * 2);
      trouble = { since: trouble?.since ?? clock.timestamp(), ms };
      const asked = typeof seconds === "number" ? Math.min(mostAskedMs, seconds * 1000) : 0;
      return { since: trouble.since, ms: Math.max(asked, jittered(ms)) };
    },
    reset() {
      trouble = null;
    },
    poll(asked) {
      const own = pollMs;
      pollMs = Math.min(mostPollMs, pollMs * 1.5);
      return Math.max(own, Math.min(mostAskedMs, (asked ?? 0) * 1000));
    },
    begin() {
      pollMs = firstPollMs;
    },
    between: (looks) => jittered(Math.min(mostWaitMs, firstWaitMs * looks)),
  };
}

/** Not all at the same moment: many jobs may have been turned away at once. */
function jittered(ms: number): number {
  return ms * (0.75 + Math.random() / 2);
}
