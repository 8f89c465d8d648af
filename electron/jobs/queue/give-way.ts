import type { MachineUse } from "../../compute/machine-use.ts";
import type { GivingWay } from "../../contract/nouns/waiting-reason.ts";

/**
 * When low-priority work gives way, and when it may begin again: after ten seconds in which nothing else needed the
 * machine, so that it does not come and go with every key that is pressed. Times are milliseconds of a clock that never
 * goes back.
 */
export type GiveWay = {
  /** Low-priority work that runs has to stop: because of this, or null. Asks the machine once a second at most. */
  readonly mustStop: (nowMs: number) => GivingWay | null;
  /** Low-priority work that waits must go on waiting: because of this, or null. */
  readonly mustWait: (nowMs: number) => GivingWay | null;
  /** Dedicated work left no worker to a low-priority job. */
  readonly lowPriorityLeftOut: (nowMs: number) => void;
};

const askMs = 1000;
const quietMs = 10_000;

export function createGiveWay(machine: MachineUse): GiveWay {
  let askedAt = Number.NEGATIVE_INFINITY;
  let neededAt = Number.NEGATIVE_INFINITY;
  let reason: GivingWay | null = null;

  function mustStop(nowMs: number): GivingWay | null {
    if (nowMs - askedAt >= askMs) {
      askedAt = nowMs;
      reason = machine.isOnBattery() ? "battery" : machine.isUserBusy() ? "user" : null;
    }
    if (reason !== null) neededAt = nowMs;
    return reason;
  }

  return {
    mustStop,
    mustWait: (nowMs) => mustStop(nowMs) ?? (nowMs - neededAt < quietMs ? "quiet" : null),
    lowPriorityLeftOut(nowMs) {
      neededAt = nowMs;
    },
  };
}
