import { namedSkips, type SkippedNames, type SkipReason } from "../../contract/nouns/skip-reason.ts";
import { compareCodePoints } from "./code-points.ts";

/** What a listing leaves out: how many files, why, and the first of them for each reason, in code-point order. */
export type Skips = {
  readonly skipped: number;
  readonly skippedBy: Readonly<Partial<Record<SkipReason, number>>>;
  readonly skippedNames: SkippedNames;
};

export const noSkips: Skips = { skipped: 0, skippedBy: {}, skippedNames: {} };

/** Counts what is left out; which files are named does not depend on the order in which they are met. */
export function createSkips(): {
  readonly skip: (reason: SkipReason, path: string) => void;
  readonly all: () => Skips;
} {
  let skipped = 0;
  const skippedBy: Partial<Record<SkipReason, number>> = {};
  const skippedNames: Partial<Record<SkipReason, string[]>> = {};
  return {
    skip(reason, path) {
      skipped += 1;
      skippedBy[reason] = (skippedBy[reason] ?? 0) + 1;
      skippedNames[reason] ??= [];
      const names = skippedNames[reason];
      const last = names[namedSkips - 1];
      if (last !== undefined && compareCodePoints(path, last) >= 0) return;
      names.push(path);
      names.sort(compareCodePoints);
      names.length = Math.min(names.length, namedSkips);
    },
    all: () => ({ skipped, skippedBy, skippedNames }),
  };
}
