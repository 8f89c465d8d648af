import { deviceTitles } from "../../contract/nouns/device.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JournalFacts } from "../journal/journal-facts.ts";

/** What the user of a job should know and need not act on: one sentence each. */
export function jobWarnings(spec: JobSpec, facts: JournalFacts): string[] {
  const fallbacks = new Set(
    facts.sessions.flatMap(({ fallback }) =>
      fallback === null ? [] : [`The job ran on the CPU instead of ${deviceTitles[spec.device]}: ${fallback}`],
    ),
  );
  const damage = damageWarnings(facts);
  const { smallestBatch } = facts;
  if (smallestBatch === null || smallestBatch >= spec.batch) return [...fallbacks, ...damage];
  return [
    ...fallbacks,
    ...damage,
    `There was not enough memory for runs of ${spec.batch} rows: they were made smaller, down to ${smallestBatch}.`,
  ];
}

function damageWarnings({ redoneUnits, beganAgain }: JournalFacts): string[] {
  return [
    ...(beganAgain ? ["The journal of the job was damaged, so everything was scored again: check the disk."] : []),
    ...(redoneUnits > 0
      ? [`The results of ${redoneUnits} mini-batches were damaged on the disk and scored again: check the disk.`]
      : []),
  ];
}
