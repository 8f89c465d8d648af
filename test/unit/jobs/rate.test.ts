import { describe, expect, it } from "vitest";
import { createRateMeter } from "../../../electron/jobs/run/rate.ts";

function meterWith(samples: readonly (readonly [seconds: number, done: number])[]) {
  const meter = createRateMeter();
  for (const [seconds, done] of samples) meter.add(seconds * 1000, done);
  return meter;
}

describe("the rate of a job", () => {
  it("is items a second over the last ten seconds, whatever came before", () => {
    const samples = Array.from(
      { length: 31 },
      (_, second) => [second, second <= 20 ? second : 20 + (second - 20) * 100] as const,
    );
    expect(meterWith(samples).rate()).toBeCloseTo(100, 0);
  });

  it("is nothing until there is something to measure", () => {
    expect(meterWith([]).rate()).toBe(0);
    expect(
      meterWith([
        [0, 0],
        [0.1, 50],
      ]).rate(),
    ).toBe(0);
    expect(
      meterWith([
        [0, 0],
        [5, 0],
      ]).secondsLeft(10),
    ).toBeNull();
  });

  it("gives the time left as a range that widens when the rate changes", () => {
    const steady = meterWith([
      [0, 0],
      [2, 200],
      [4, 400],
      [6, 600],
    ]).secondsLeft(1000);
    expect(steady?.low).toBeCloseTo(10, 5);
    expect(steady?.high).toBeCloseTo(11, 5);
    const slowing = meterWith([
      [0, 0],
      [2, 400],
      [4, 500],
      [6, 550],
    ]).secondsLeft(1000);
    expect(slowing?.high ?? 0).toBeGreaterThan(2 * (slowing?.low ?? 0));
  });
});
