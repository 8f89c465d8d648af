import type { Registry } from "../registry/open-registry.ts";

/** Who wants to know that something in the registry changed, whoever changed it. */
export type Changes = {
  /** Calls back after every change; returns a function that ends it. */
  readonly watch: (listener: () => void) => () => void;
  /** This program has written to the registry. */
  readonly notify: () => void;
  readonly close: () => void;
};

const watchMs = 100;

/** Other processes are noticed by looking, as long as anybody watches. */
export function createChanges(registry: Registry): Changes {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | null = null;
  let seenVersion = registry.dataVersion();

  function notify(): void {
    for (const listener of listeners) listener();
  }

  function look(): void {
    const version = registry.dataVersion();
    if (version === seenVersion) return;
    seenVersion = version;
    notify();
  }

  function stopLooking(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
  }

  return {
    watch(listener) {
      listeners.add(listener);
      timer ??= setInterval(look, watchMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stopLooking();
      };
    },
    notify,
    close() {
      stopLooking();
      listeners.clear();
    },
  };
}
