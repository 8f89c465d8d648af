import type { JobSpec } from "../contract/job-spec.ts";
import type { JournalFacts } from "./journal-facts.ts";

/** What the user of a job should know and need not act on: one sentence each. */
export function jobWarnings(spec: JobSpec, facts: JournalFacts): string[] {
  const fallbacks = new Set(facts.sessions.flatMap(({ fallback }) => (fallback === null ? [] : [fallback])));
  const { smallestBatch } = facts;
  if (smallestBatch === null || smallestBatch >= spec.batch) return [...fallbacks];
  return [
    ...fallbacks,
    `There was not enough memory for runs of ${spec.batch} rows: they were made smaller, down to ${smallestBatch}.`,
  ];
}
