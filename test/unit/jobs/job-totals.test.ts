import { expect, it } from "vitest";
import type { Unit } from "../../../electron/contract/nouns/unit.ts";
import { createJobTotals } from "../../../electron/jobs/run/job-totals.ts";

const none = { planned: 0, succeeded: 0, failed: 0, reused: 0, units: 0, unitsDone: 0 };
const unit = (id: number, items: number): Unit => ({ id, items, parts: [] });

it("counts what is planned, taken over, committed and damaged", () => {
  const totals = createJobTotals({ ...none, planned: 5, units: 1 });
  totals.addPlanned([unit(1, 10), unit(2, 20)], [{ unitId: 2 }]);
  expect(totals.current()).toEqual({ planned: 35, succeeded: 20, failed: 0, reused: 20, units: 3, unitsDone: 1 });
  totals.addCommitted([
    { succeeded: 4, failed: 1 },
    { succeeded: 7, failed: 3 },
  ]);
  expect(totals.current()).toEqual({ planned: 35, succeeded: 31, failed: 4, reused: 20, units: 3, unitsDone: 3 });
  const units = [unit(1, 10), unit(2, 20)];
  totals.takeBack({ units, succeeded: 27, failed: 3, reused: 20 });
  expect(totals.current()).toEqual({ planned: 35, succeeded: 4, failed: 1, reused: 0, units: 3, unitsDone: 1 });
});
