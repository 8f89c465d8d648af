import fs from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../electron/compute/clock.ts";
import { createRechecks, isUsable } from "../../../electron/jobs/queue/recheck.ts";
import { temporaryFolder } from "../../helpers/places.ts";

const root = temporaryFolder("recheck");

afterEach(() => {
  vi.useRealTimers();
});

describe("a job that paused itself", () => {
  it("is looked at again within seven seconds, however often it paused itself before", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const rechecks = createRechecks(systemClock);
    for (let pause = 0; pause < 20; pause += 1) {
      rechecks.later("one", pause);
      expect(rechecks.isDue("one")).toBe(false);
      vi.advanceTimersByTime(7000);
      expect(rechecks.isDue("one")).toBe(true);
      // A look that found nothing usable is followed by the next, but not at once.
      expect(rechecks.isDue("one")).toBe(false);
      vi.advanceTimersByTime(3000);
      expect(rechecks.isDue("one")).toBe(true);
    }
  });

  it("waits for its user once it paused itself ten times without getting further than ever before", () => {
    const rechecks = createRechecks(systemClock);
    const goesOn = (reached: number) => rechecks.later("one", reached);
    expect(Array.from({ length: 9 }, () => goesOn(5))).toEqual(Array(9).fill(true));
    expect(goesOn(6)).toBe(true);
    // What was done before and has to be done again is no progress.
    expect([0, 1, 2, 3, 4, 5, 6, 0].map(goesOn)).toEqual(Array(8).fill(true));
    expect(goesOn(6)).toBe(false);
    rechecks.forget("one");
    expect(goesOn(0)).toBe(true);
  });

  it("is looked at at once when nothing is known of it, as by the engine that takes it over", () => {
    expect(createRechecks(systemClock).isDue("another")).toBe(true);
  });

  it("may go on into an output folder that is still to be made, but not into one that is gone", async () => {
    const places = { input: root, jobFolder: root, outputFolder: path.join(root, "a", "b"), mustExist: false };
    expect(await isUsable(places)).toBe(true);
    expect(await isUsable({ ...places, mustExist: true })).toBe(false);
    fs.mkdirSync(places.outputFolder, { recursive: true });
    expect(await isUsable({ ...places, mustExist: true })).toBe(true);
    expect(await isUsable({ ...places, input: path.join(root, "no-input") })).toBe(false);
    expect(fs.readdirSync(places.outputFolder)).toEqual([]);
  });
});
