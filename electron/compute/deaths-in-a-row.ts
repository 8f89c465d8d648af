import type { ProcessExit } from "./process-host.ts";

const ownDeaths = 3;
/** Of those that somebody else may have caused: the system short of memory, or a person. They say little about the work. */
const killsFromOutside = 10;
const outsideSignals: readonly (string | null)[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"];

/** The operating system short of memory, or a person: not necessarily the work. */
export function isFromOutside(exit: ProcessExit): boolean {
  return outsideSignals.includes(exit.signal);
}

/** Counts the deaths of a process that is started again each time, until starting it once more makes no sense. */
export type DeathsInARow = {
  /** True when there were too many: three, or ten when they came from outside. */
  readonly count: (exit: ProcessExit) => boolean;
  /** It did something useful, so that the counting begins again. */
  readonly forget: () => void;
};

export function createDeathsInARow(): DeathsInARow {
  let own = 0;
  let fromOutside = 0;
  return {
    count(exit) {
      if (isFromOutside(exit)) fromOutside += 1;
      else own += 1;
      return own >= ownDeaths || fromOutside >= killsFromOutside;
    },
    forget() {
      own = 0;
      fromOutside = 0;
    },
  };
}
