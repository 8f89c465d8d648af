import { expect, test } from "vitest";
import { normalizedRows } from "../../../../native-worker/writers/ranking.ts";

test("each row is divided by its own length; zeros stay, and what is no number stays one of none", () => {
  const values = Float32Array.of(3, 4, 0, 0, -5, 0, Number.NaN, 1);
  expect(Array.from(normalizedRows(values, 4, 2))).toEqual(
    [0.6, 0.8, 0, 0, -1, 0, Number.NaN, Number.NaN].map((value) => Math.fround(value)),
  );
  // Shorter than 1e-12 is as long as that.
  expect(Array.from(normalizedRows(Float64Array.of(1e-13, 0), 1, 2))).toEqual([1e-13 / 1e-12, 0]);
});
