import path from "node:path";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobWarning } from "../../contract/nouns/job-warning.ts";
import type { JournalFacts } from "../journal/journal-facts.ts";

/** What the user of a job should know and need not act on. */
export function jobWarnings(spec: JobSpec, facts: JournalFacts): readonly JobWarning[] {
  const { smallestBatch, beganAgain, listedAgain, redoneUnits, ownFolder } = facts;
  const fallbacks = new Set(facts.sessions.flatMap(({ fallback }) => fallback ?? []));
  return [
    ...leftOut(facts),
    ...[...fallbacks].map((reason) => ({ kind: "device-fallback", device: spec.device, reason }) as const),
    ...(ownFolder !== null ? [{ kind: "own-folder", folder: path.join(spec.output.folder, ownFolder) } as const] : []),
    ...(beganAgain ? [{ kind: "began-again" } as const] : []),
    ...(listedAgain ? [{ kind: "listed-again" } as const] : []),
    ...(redoneUnits > 0 ? [{ kind: "scored-again", miniBatches: redoneUnits } as const] : []),
    ...(smallestBatch !== null && smallestBatch < spec.batch
      ? [{ kind: "smaller-batch", batch: spec.batch, smallest: smallestBatch } as const]
      : []),
  ];
}

function leftOut({ skipped, skippedBy, skippedNames }: JournalFacts): readonly JobWarning[] {
  return skipped === 0 ? [] : [{ kind: "left-out", files: skipped, by: skippedBy, names: skippedNames }];
}
