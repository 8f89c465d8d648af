import { describe, expect, it, vi } from "vitest";
import { createProgress } from "../../../electron/data/listing/report-progress.ts";
import { useFakeClock } from "../../helpers/engine/fake-clock.ts";

describe("the progress of looking through files", () => {
  useFakeClock();

  /** Looks at `files` files that take so long each; what was reported. */
  async function reportsOf(files: number, msEach: number): Promise<readonly number[]> {
    const reported: number[] = [];
    const report = createProgress((found) => reported.push(found), 500);
    for (let looked = 1; looked <= files; looked += 1) {
      vi.advanceTimersByTime(msEach);
      await report(looked);
    }
    return reported;
  }

  it("is reported every 500 files while they are quick", async () => {
    expect(await reportsOf(1499, 0)).toEqual([500, 1000]);
  });

  it("is reported four times a second while each takes long, as on a slow share", async () => {
    expect(await reportsOf(6, 125)).toEqual([2, 4, 6]);
    expect(await reportsOf(3, 5000)).toEqual([1, 2, 3]);
  });

  it("lets messages in with each report, and costs nothing in between", () => {
    const report = createProgress(() => undefined, 500);
    expect(report(1)).toBeNull();
    expect(report(500)).toBeInstanceOf(Promise);
  });
});
