import { expect, it } from "vitest";
import type { MiniBatch } from "../../../electron/contract/nouns/mini-batch.ts";
import { createJobTotals } from "../../../electron/jobs/run/job-totals.ts";

const none = { planned: 0, succeeded: 0, failed: 0, notANumber: 0, reused: 0, miniBatches: 0, miniBatchesDone: 0 };
const miniBatch = (id: number, items: number): MiniBatch => ({ id, items, parts: [] });

it("counts what is planned, taken over, committed and damaged", () => {
  const totals = createJobTotals({ ...none, planned: 5, miniBatches: 1 });
  totals.addPlanned([miniBatch(1, 10), miniBatch(2, 20)], [{ miniBatchId: 2, notANumber: 3 }]);
  expect(totals.current()).toEqual({
    planned: 35,
    succeeded: 20,
    failed: 0,
    notANumber: 3,
    reused: 20,
    miniBatches: 3,
    miniBatchesDone: 1,
  });
  totals.addCommitted([
    { succeeded: 4, failed: 1, notANumber: 2 },
    { succeeded: 7, failed: 3, notANumber: 0 },
  ]);
  expect(totals.current()).toEqual({
    planned: 35,
    succeeded: 31,
    failed: 4,
    notANumber: 5,
    reused: 20,
    miniBatches: 3,
    miniBatchesDone: 3,
  });
  const miniBatches = [miniBatch(1, 10), miniBatch(2, 20)];
  totals.takeBack({ miniBatches, succeeded: 27, failed: 3, notANumber: 4, reused: 20 });
  expect(totals.current()).toEqual({
    planned: 35,
    succeeded: 4,
    failed: 1,
    notANumber: 1,
    reused: 0,
    miniBatches: 3,
    miniBatchesDone: 1,
  });
});
