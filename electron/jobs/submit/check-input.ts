import fs from "node:fs";
import type { ProcessHost } from "../../compute/process-host.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { type Problem, problemOf, type Result } from "../../contract/problem.ts";
import { askDataProcess } from "./ask-data-process.ts";
import type { JournalFacts } from "../journal/journal-facts.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";

/**
 * Looks, before a job that was set aside goes on, whether the files that it listed are still what they were. What was
 * scored from the old ones and what would be scored from the new ones must not become one result in silence.
 */
export type InputCheck = { readonly stop: () => void };

/** Something is still to be read from files that an earlier run of the job listed. */
export function needsInputCheck(facts: JournalFacts, totals: JournalTotals, listingFile: string): boolean {
  return !(facts.planned && totals.miniBatches === totals.miniBatchesDone) && fs.existsSync(listingFile);
}

/** How many files of a listing are not what they were, and the first few of them. */
export type InputChanges = {
  readonly changed: number;
  readonly missing: number;
  readonly examples: readonly string[];
};

/**
 * Calls back once, with null when every listed file is as it was; else with a problem: "input/changed", or that of a
 * place that cannot be reached. Never calls back after `stop`.
 */
export function startInputCheck(
  host: ProcessHost,
  spec: JobSpec,
  listingFile: string,
  onAnswer: (problem: Problem | null) => void,
): InputCheck {
  const abort = new AbortController();
  void countChanges(host, spec, listingFile, abort.signal).then((found) => {
    if (!abort.signal.aborted) onAnswer(found.ok ? changesProblem(spec, found.value) : found.problem);
  });
  return { stop: () => abort.abort() };
}

const checkDied = problemOf("input/unreadable:check-ended");

/** What changed since the files were listed, or why that cannot be told. */
export function countChanges(
  host: ProcessHost,
  { input }: JobSpec,
  listingFile: string,
  signal: AbortSignal | null = null,
): Promise<Result<InputChanges>> {
  return askDataProcess(
    host,
    { type: "check", input, listingFile },
    { answer: (message) => (message.type === "checked" ? message : null), died: checkDied, signal },
  );
}

function changesProblem(spec: JobSpec, found: InputChanges): Problem | null {
  const { changed, missing, examples } = found;
  if (changed + missing === 0) return null;
  return problemOf("input/changed", {
    job: spec.name,
    changed,
    missing,
    examples: examples.map((name) => name.replaceAll(/\s+/g, " ")),
  });
}
