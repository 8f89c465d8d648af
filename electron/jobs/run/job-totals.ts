import type { ReusedUnit } from "../../contract/nouns/base-job.ts";
import type { Unit } from "../../contract/nouns/unit.ts";
import type { CommittedUnit } from "../../contract/messages/worker-messages.ts";
import type { UndoneUnits } from "../journal/done-table.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";

/** The counts of a job while it runs: summed over the journal once, then changed with every change of the journal. */
export type JobTotals = {
  readonly current: () => JournalTotals;
  /** Those in `reused` are done: their rows are taken over. */
  readonly addPlanned: (
    units: readonly Pick<Unit, "id" | "items">[],
    reused: readonly Pick<ReusedUnit, "unitId">[],
  ) => void;
  readonly addCommitted: (units: readonly Pick<CommittedUnit, "succeeded" | "failed">[]) => void;
  readonly takeBack: (undone: Omit<UndoneUnits, "units"> & { readonly units: readonly unknown[] }) => void;
};

export function createJobTotals(first: JournalTotals): JobTotals {
  const totals = { ...first };
  return {
    current: () => totals,
    addPlanned(units, reused) {
      const done = new Set(reused.map(({ unitId }) => unitId));
      totals.units += units.length;
      for (const { id, items } of units) {
        totals.planned += items;
        if (!done.has(id)) continue;
        totals.succeeded += items;
        totals.reused += items;
        totals.unitsDone += 1;
      }
    },
    addCommitted(units) {
      totals.unitsDone += units.length;
      for (const { succeeded, failed } of units) {
        totals.succeeded += succeeded;
        totals.failed += failed;
      }
    },
    takeBack({ units, succeeded, failed, reused }) {
      totals.unitsDone -= units.length;
      totals.succeeded -= succeeded;
      totals.failed -= failed;
      totals.reused -= reused;
    },
  };
}
