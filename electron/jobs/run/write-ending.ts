import fs from "node:fs";
import path from "node:path";
import type { Clock } from "../../compute/clock.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/job-status.ts";
import type { Problem } from "../../contract/problem.ts";
import type { WrittenFile } from "../../contract/nouns/written-file.ts";
import type { OutputClaim } from "../claim/output-claims.ts";
import { type JobFiles, withNamesIn } from "../folder/job-files.ts";
import { fileAt, isRenamed, isSameFile } from "../folder/written-file.ts";
import { isRetry } from "../folder/base-files.ts";
import type { JobEnding } from "../journal/journal-facts.ts";
import type { Journal } from "../journal/journal.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";
import type { Merging } from "../merge/merging.ts";
import { type EndingPlan, planEnding } from "./ending.ts";
import { dropParts, finalizeFiles, isWrittenFolder, writtenPart } from "./final-names.ts";
import { jobRecord } from "./job-record.ts";
import { isOneTaken, makeOwnFolder } from "./own-folder.ts";
import { endBy, type JobRunEnd } from "./wait-or-fail.ts";

/** A run whose workers have stopped. */
export type StoppedRun = {
  readonly spec: JobSpec;
  readonly files: JobFiles;
  readonly journal: Journal;
  readonly merging: Merging;
  readonly claim: Pick<OutputClaim, "whyLost">;
  /** Tells the registry that the job's files are in that folder of the output folder. */
  readonly noteOwnFolder: (name: string) => void;
  readonly totals: () => JournalTotals;
  readonly saveTimes: () => void;
  /** Tells the registry; false when the job must not go on. */
  readonly enter: (status: "Finalizing") => boolean;
  readonly isCancelRequested: () => boolean;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly clock: Pick<Clock, "timestamp">;
};

type Writing = Extract<EndingPlan, { readonly kind: "write" }>;

const statuses: Readonly<Record<JobEnding["kind"], JobStatus>> = {
  completed: "Completed",
  canceled: "Canceled",
  failed: "Failed",
};

/** Writes what belongs to an end. Answers the end that was reached, which may be another one: the disk may be full. */
export async function writeEnding(run: StoppedRun, end: JobRunEnd): Promise<JobRunEnd> {
  const { spec, files, journal } = run;
  const plan = planEnding(end, spec, run.totals(), files);
  if (plan.kind === "keep") return end;
  const lost = run.claim.whyLost();
  if (lost !== null) return endAnyway(run, plan.ending, lost);
  const isDecided = journal.facts().ending !== null;
  if (end.kind === "completed" && !run.enter("Finalizing") && !isDecided) return { kind: "stopped" };
  run.saveTimes();
  if (plan.kind === "drop") {
    journal.setFacts({ ending: plan.ending });
    await dropParts(files);
    return end;
  }
  // From here on mini-batches may be passed over, so no engine may take the job up again as if it went on.
  if (plan.overGaps) journal.setFacts({ ending: plan.ending });
  const beside = await besideScriptsFiles(run, plan);
  return (await mergeRest(beside.run, beside.plan)) ?? writeFiles(beside.run, beside.plan);
}

/**
 * The same with the files where no file of the script is in their way: nobody's file is ever replaced, and a script that has
 * files of these names would be in the way of its own job for ever. Decided once, before the first file gets its name.
 */
async function besideScriptsFiles(
  run: StoppedRun,
  plan: Writing,
): Promise<{ readonly run: StoppedRun; readonly plan: Writing }> {
  const { spec, files, journal } = run;
  const { predictions } = plan;
  const { ownFolder, merged } = journal.facts();
  // The names of a retry are taken by the files that it replaces.
  if (spec.scorer.kind !== "script" || isRetry(spec)) return { run, plan };
  const names = [...(predictions === null ? [] : [predictions.final]), files.errors, files.record];
  const isToDecide = ownFolder === null && !merged;
  const name = isToDecide && (await isOneTaken(names)) ? await makeOwnFolder(spec.output.folder) : ownFolder;
  if (name === null) return { run, plan };
  if (isToDecide) journal.setFacts({ ownFolder: name });
  run.noteOwnFolder(name);
  const folder = path.join(spec.output.folder, name);
  const moved = predictions && { ...predictions, final: path.join(folder, path.basename(predictions.final)) };
  return { run: { ...run, files: withNamesIn(folder, files) }, plan: { ...plan, predictions: moved } };
}

/** Null when everything is merged; else how the run ends without its files. */
async function mergeRest(run: StoppedRun, plan: Writing): Promise<JobRunEnd | null> {
  const { journal } = run;
  if (await wasMerged(run, plan)) return null;
  const merged = await run.merging.finish({ parquet: plan.parquet, overGaps: plan.overGaps });
  if (merged === "stopped") return { kind: "stopped" };
  if (merged === "redo") {
    journal.setFacts({ ending: null, merged: false });
    return { kind: "stopped", note: { kind: "scored-again" } };
  }
  if (merged !== "done") return endWithoutFiles(run, plan, merged.problem);
  journal.setFacts({ ending: plan.ending, merged: true });
  return null;
}

/** An engine before this one had merged everything; some files may have their final names already. */
async function wasMerged({ files, journal }: StoppedRun, { predictions }: Writing): Promise<boolean> {
  const { merged, parts } = journal.facts();
  if (!merged || parts === null) return false;
  const isThere = async (written: WrittenFile | null, part: string, final: string) =>
    isSameFile(await fileAt(part), written) || isRenamed(await fileAt(final), written);
  if (!(await isThere(parts.errors, files.errorsPart, files.errors))) return false;
  if (predictions === null) return true;
  for (const { name, part, final } of files.itemFolders) {
    const written = parts[name];
    if (!isWrittenFolder(await fileAt(part), written) && !isWrittenFolder(await fileAt(final), written)) return false;
  }
  return isThere(writtenPart(files, parts, predictions.part), predictions.part, predictions.final);
}

async function writeFiles(run: StoppedRun, plan: Writing): Promise<JobRunEnd> {
  const { spec, files, journal } = run;
  const { ending, predictions } = plan;
  const itemFolders = predictions === null ? [] : files.itemFolders;
  const record = await jobRecord({
    spec,
    status: statuses[ending.kind],
    problem: ending.kind === "failed" ? ending.problem : null,
    journal,
    totals: run.totals(),
    predictionsFile: predictions === null ? null : path.basename(predictions.final),
    itemFolders: itemFolders.map(({ name }) => name),
    listingFile: files.listing,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.clock.timestamp(),
  });
  const written = journal.facts().parts;
  if (written === null) throw new Error("What is merged was never noted.");
  const lost = run.claim.whyLost();
  if (lost !== null) return endAnyway(run, ending, lost);
  const { replaced } = journal.facts();
  const refused = await finalizeFiles(files, { predictions, itemFolders, record, replaced, written });
  if (refused !== null) return endWithoutFiles(run, plan, refused);
  if (plan.parquet && files.parquetPart !== null) {
    const { size, mtimeMs } = fs.statSync(files.predictions);
    journal.setFacts({ parquet: { bytes: size, modifiedMs: mtimeMs } });
  }
  return ending;
}

async function endWithoutFiles(run: StoppedRun, { ending }: Writing, problem: Problem): Promise<JobRunEnd> {
  const end = endAnyway(run, ending, problem);
  if (end.kind !== "blocked") await dropParts(run.files);
  return end;
}

/** Only a job that completes, and that nobody has cancelled by now, waits until its files can be written. */
function endAnyway(run: StoppedRun, ending: JobEnding, problem: Problem): JobRunEnd {
  if (ending.kind !== "completed") return ending;
  return run.isCancelRequested() ? { kind: "canceled" } : endBy(problem);
}
