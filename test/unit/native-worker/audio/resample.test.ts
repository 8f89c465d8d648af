import { describe, expect, it } from "vitest";
import { resample } from "../../../../native-worker/readers/audio/resample.ts";
import resampled from "../../../fixtures/audio/resampled.json" with { type: "json" };
import { tone } from "../../../helpers/data/wav-files.ts";

const rates = [
  [44_100, 16_000],
  [22_050, 16_000],
  [8000, 16_000],
  [48_000, 16_000],
  [16_000, 44_100],
] as const;
const all = Number.POSITIVE_INFINITY;

describe("a sound at another rate", () => {
  it.each(resampled)("is what the formula gives, as an independent program computed it: $from to $to", (known) => {
    const samples = Float32Array.from({ length: known.length }, (_, index) => ((index * 37) % 101) / 101 - 0.5);
    const result = resample(samples, known.from, known.to, all);
    expect(result).toHaveLength(known.result);
    for (const [index, value] of known.every23rd.entries()) expect(result[index * 23]).toBeCloseTo(value, 6);
  });

  it.each(rates)("from %i to %i Hz keeps the frequency and the level of a tone", (from, to) => {
    const result = resample(Float32Array.from(tone(from, 440, from)), from, to, all);
    expect(result).toHaveLength(to);
    const expected = tone(to, 440, to);
    let worst = 0;
    for (let index = 200; index < to - 200; index++) {
      worst = Math.max(worst, Math.abs((result[index] as number) - (expected[index] as number)));
    }
    expect(worst).toBeLessThan(0.002);
  });

  it.each(rates)("from %i to %i Hz keeps a level that does not change", (from, to) => {
    const result = resample(new Float32Array(4000).fill(0.25), from, to, all);
    const inner = result.subarray(60, result.length - 60);
    expect(Math.max(...inner.map((value) => Math.abs(value - 0.25)))).toBeLessThan(0.002);
  });

  it("loses what the new rate cannot hold", () => {
    const result = resample(Float32Array.from(tone(48_000, 12_000, 9600)), 48_000, 16_000, all);
    expect(Math.max(...result.subarray(50, -50).map(Math.abs))).toBeLessThan(0.001);
  });

  it("has as many samples as its duration asks for, and no more than are wanted", () => {
    expect(resample(new Float32Array(1), 44_100, 16_000, all)).toHaveLength(1);
    expect(resample(new Float32Array(1001), 44_100, 16_000, all)).toHaveLength(364);
    expect(resample(new Float32Array(1001), 44_100, 16_000, 100)).toHaveLength(100);
    const samples = Float32Array.from([1, 2, 3]);
    expect(resample(samples, 8000, 8000, all)).toEqual(samples);
  });
});
