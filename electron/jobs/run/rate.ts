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
