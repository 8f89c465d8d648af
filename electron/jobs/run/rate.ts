import type { Clock } from "../../compute/clock.ts";

/**
 * How fast a job goes, from what was done over the last seconds, and how long it will still take, as a range: the slow
 * and the fast end of what was seen. Times are milliseconds of a clock that never goes back.
 */
export type RateMeter = {
  readonly add: (nowMs: number, itemsDone: number) => void;
  /** Items a second. */
  readonly rate: () => number;
  readonly secondsLeft: (itemsLeft: number) => { low: number; high: number } | null;
};

const windowMs = 10_000;
const minimumMs = 500;

export function createRateMeter(): RateMeter {
  let samples: { atMs: number; done: number }[] = [];

  function between(first: number, last: number): number {
    const from = samples[first];
    const to = samples[last];
    if (from === undefined || to === undefined || to.atMs - from.atMs < minimumMs) return 0;
    return Math.max(0, ((to.done - from.done) * 1000) / (to.atMs - from.atMs));
  }

  return {
    add(nowMs, done) {
      samples.push({ atMs: nowMs, done });
      while (samples.length > 2 && nowMs - (samples[0]?.atMs ?? nowMs) > windowMs) samples = samples.slice(1);
    },
    rate: () => between(0, samples.length - 1),
    secondsLeft(itemsLeft) {
      const last = samples.length - 1;
      const middle = Math.floor(last / 2);
      const rates = [between(0, last), between(0, middle), between(middle, last)].filter((rate) => rate > 0);
      if (rates.length === 0) return null;
      return { low: itemsLeft / Math.max(...rates), high: (itemsLeft / Math.min(...rates)) * 1.1 };
    },
  };
}

/** The average speed of one engine's work on a job: from the first worker that was ready to the last commit. */
export type AverageRate = {
  /** A worker is ready. */
  readonly start: () => void;
  readonly hasStarted: () => boolean;
  readonly addItems: (items: number) => void;
  /** Items a second. */
  readonly rate: () => number;
};

export function createAverageRate(clock: Pick<Clock, "now">): AverageRate {
  let fromMs: number | null = null;
  let toMs = 0;
  let items = 0;
  return {
    start() {
      fromMs ??= clock.now();
    },
    hasStarted: () => fromMs !== null,
    addItems(count) {
      items += count;
      toMs = clock.now();
    },
    rate: () => (fromMs === null || items === 0 ? 0 : (items * 1000) / Math.max(1, toMs - fromMs)),
  };
}
