import { codeOf } from "../../contract/errno.ts";
import type { Clock, Timer } from "../../compute/clock.ts";
import { Damage } from "../../registry/rows/damage.ts";
import type { Registry } from "../../registry/open-registry.ts";

/** Tells everybody in this process that the registry changed: the one place that looks what other processes write. */
export type RegistryChanges = {
  /** Calls back after any change; returns a function that ends it. */
  readonly watch: (listener: () => void) => () => void;
  /** Calls back after changes by other processes alone. */
  readonly watchOthers: (listener: () => void) => () => void;
  /** This process has written to the registry. */
  readonly notify: () => void;
  readonly close: () => void;
};

const lookMs = 100;

/** Looks as long as anybody watches. The next one hears of what changed while nobody did. */
export function createRegistryChanges(
  registry: Pick<Registry, "dataVersion">,
  clock: Pick<Clock, "setInterval">,
): RegistryChanges {
  const ofAnybody = new Set<() => void>();
  const ofOthers = new Set<() => void>();
  let timer: Timer | null = null;
  let seenVersion = registry.dataVersion();

  function look(): void {
    const before = seenVersion;
    ifAnswered(() => {
      const version = registry.dataVersion();
      if (version === seenVersion) return;
      seenVersion = version;
      // Whoever could not read it is told again.
      if (!tell([...ofOthers, ...ofAnybody])) seenVersion = before;
    });
  }

  /** False when one of them could not read the registry. */
  function tell(listeners: readonly (() => void)[]): boolean {
    return listeners.map(ifAnswered).every((isHeard) => isHeard);
  }

  function stopLooking(): void {
    timer?.cancel();
    timer = null;
  }

  function add(listeners: Set<() => void>, listener: () => void): () => void {
    // A listener of its own for each call, so that the same function may watch twice.
    const own = () => listener();
    listeners.add(own);
    timer ??= clock.setInterval(look, lookMs);
    return () => {
      listeners.delete(own);
      if (ofAnybody.size + ofOthers.size === 0) stopLooking();
    };
  }

  return {
    watch: (listener) => add(ofAnybody, listener),
    watchOthers: (listener) => add(ofOthers, listener),
    notify() {
      tell([...ofAnybody]);
    },
    close() {
      stopLooking();
      ofAnybody.clear();
      ofOthers.clear();
    },
  };
}

/** False while the disk does not answer, another program holds the registry, or it is damaged. */
function ifAnswered(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof Damage) && !codeOf(error).startsWith("SQLITE_")) throw error;
    return false;
  }
}
