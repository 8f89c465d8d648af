import type { ReusedMiniBatch } from "../../contract/nouns/base-job.ts";
import type { MiniBatch } from "../../contract/nouns/mini-batch.ts";
import type { CommittedMiniBatch } from "../../contract/messages/worker-messages.ts";
import type { UndoneMiniBatches } from "../journal/done-table.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";

/** The counts of a job while it runs: summed over the journal once, then changed with every change of the journal. */
export type JobTotals = {
  readonly current: () => JournalTotals;
  /** Those in `reused` are done: their rows are taken over. */
  readonly addPlanned: (
    miniBatches: readonly Pick<MiniBatch, "id" | "items">[],
    reused: readonly Pick<ReusedMiniBatch, "miniBatchId" | "notANumber">[],
  ) => void;
  readonly addCommitted: (
    miniBatches: readonly Pick<CommittedMiniBatch, "succeeded" | "failed" | "notANumber">[],
  ) => void;
  readonly takeBack: (
    undone: Omit<UndoneMiniBatches, "miniBatches"> & { readonly miniBatches: readonly unknown[] },
  ) => void;
};

export function createJobTotals(first: JournalTotals): JobTotals {
  const totals = { ...first };
  return {
    current: () => totals,
    addPlanned(miniBatches, reused) {
      const done = new Set(reused.map(({ miniBatchId }) => miniBatchId));
      totals.miniBatches += miniBatches.length;
      for (const { notANumber } of reused) totals.notANumber += notANumber;
      for (const { id, items } of miniBatches) {
        totals.planned += items;
        if (!done.has(id)) continue;
        totals.succeeded += items;
        totals.reused += items;
        totals.miniBatchesDone += 1;
      }
    },
    addCommitted(miniBatches) {
      totals.miniBatchesDone += miniBatches.length;
      for (const { succeeded, failed, notANumber } of miniBatches) {
        totals.succeeded += succeeded;
        totals.failed += failed;
        totals.notANumber += notANumber;
      }
    },
    takeBack({ miniBatches, succeeded, failed, notANumber, reused }) {
      totals.miniBatchesDone -= miniBatches.length;
      totals.succeeded -= succeeded;
      totals.failed -= failed;
      totals.notANumber -= notANumber;
      totals.reused -= reused;
    },
  };
}
