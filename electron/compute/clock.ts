/** Time as a parameter: what waits, measures or stamps takes a `Clock`, so that a test can move time by hand. */
export type Clock = {
  /** Milliseconds that only ever grow, whatever happens to the time of day; the starting point means nothing. */
  readonly now: () => number;
  /** The time of day as an ISO 8601 text in UTC, for what people and other processes read. */
  readonly timestamp: () => string;
  readonly setTimeout: (work: () => void, ms: number) => Timer;
  readonly setInterval: (work: () => void, ms: number) => Timer;
};

export type Timer = {
  /** May be called again, and after the work was done. */
  readonly cancel: () => void;
};

/** The clock of the computer. */
export const systemClock: Clock = {
  now: () => performance.now(),
  timestamp: () => new Date().toISOString(),
  setTimeout(work, ms) {
    const timer = setTimeout(work, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  setInterval(work, ms) {
    const timer = setInterval(work, ms);
    return { cancel: () => clearInterval(timer) };
  },
};
