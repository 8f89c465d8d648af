import { afterEach, beforeEach, vi } from "vitest";

/**
 * In each test of the file, time stands still until the test lets it pass: timers, dates and `performance.now()`. To be
 * called outside of tests. The file system keeps its own time, so this is for simulated processes only.
 */
export function useFakeClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Lets time pass, step by step. What was begun with files within a step is done before the next one. */
export async function pass(milliseconds: number, stepMs = 100): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += stepMs) {
    await vi.advanceTimersByTimeAsync(stepMs);
    await untilFilesRest();
  }
}

/** Lets time pass until something is true; fails after an hour of the fake clock. */
export async function passUntil(isTrue: () => boolean): Promise<void> {
  const stepMs = 20;
  for (let passed = 0; !isTrue(); passed += stepMs) {
    if (passed > 3_600_000) throw new Error(`It did not come true within an hour: ${String(isTrue)}`);
    await pass(stepMs, stepMs);
  }
}

/** Waits until no work with files is under way. */
export async function untilFilesRest(): Promise<void> {
  for (let turns = 0; turns < 2; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"))) turns = -1;
  }
}
