import type { Clock, Timer } from "../../compute/clock.ts";
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
    const version = versionNow();
    if (version === null || version === seenVersion) return;
    seenVersion = version;
    for (const listener of [...ofOthers, ...ofAnybody]) listener();
  }

  /** Null while the disk does not answer: the next look tells. */
  function versionNow(): number | null {
    try {
      return registry.dataVersion();
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith("SQLITE_") !== true) throw error;
      return null;
    }
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
      for (const listener of [...ofAnybody]) listener();
    },
    close() {
      stopLooking();
      ofAnybody.clear();
      ofOthers.clear();
    },
  };
}
