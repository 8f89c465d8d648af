import path from "node:path";
import { type Result, problemOf } from "../../contract/problem.ts";
import type { WrittenFile } from "../../contract/nouns/written-file.ts";
import { removeFolder } from "../../files/patient.ts";
import { isRetry } from "../folder/base-files.ts";
import { azureFolderOf, type JobFiles } from "../folder/job-files.ts";
import { fileAt, isRenamed, isSameFile } from "../folder/written-file.ts";
import type { OutputClaim } from "../claim/output-claims.ts";
import type { JobEnding } from "../journal/journal-facts.ts";
import { dropParts, finalizeFiles, type FinalNames, writtenPart } from "../run/final-names.ts";
import { endBy, type JobRunEnd } from "../run/wait-or-fail.ts";
import type { AzureJournal, Converted } from "./azure-journal.ts";
import { countsOf } from "./azure-progress.ts";
import { azureRecord } from "./azure-record.ts";
import type { AzureRunContext } from "./azure-run-context.ts";
import { convertResults } from "./convert-results.ts";

type Arrived = AzureRunContext & {
  readonly journal: AzureJournal;
  readonly claim: Pick<OutputClaim, "whyLost">;
  /** Ends it; it goes on later. */
  readonly signal: AbortSignal;
};

const statuses = { completed: "Completed", failed: "Failed", canceled: "Canceled" } as const;

/**
 * Makes our files of what Azure wrote and gives them their names; may be interrupted anywhere and done again. Answers the end that
 * was reached: that a job has completed is believed when its files hold results.
 */
export async function writeAzureResults(run: Arrived, planned: JobEnding): Promise<JobRunEnd> {
  const { spec, files, journal, signal } = run;
  if (isDropped(run, planned)) return drop(run, planned);
  const made = await convertedOnce(run, planned);
  if (signal.aborted) return { kind: "stopped" };
  if (!made.ok) return endAnyway(run, planned, made.problem);
  const converted = made.value;
  const ending = endingBy(run, planned, converted);
  if (isDropped(run, ending)) return drop(run, ending);
  const lost = run.claim.whyLost();
  if (lost !== null) return endAnyway(run, ending, lost);
  if (converted.unit === "row") run.noteRows();
  const predictions = predictionsOf(run, ending, converted);
  const record = azureRecord({
    spec,
    status: statuses[ending.kind],
    problem: ending.kind === "failed" ? ending.problem : null,
    known: journal.facts(),
    counts: countsOf(journal.facts()),
    predictionsFile: predictions === null ? null : path.basename(predictions.final),
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.clock.timestamp(),
  });
  const names = {
    predictions,
    itemFolders: [],
    record,
    replaced: journal.facts().replaced,
    written: converted.written,
  };
  const refused = await finalizeFiles(files, names);
  if (refused === null) return ending;
  const end = endAnyway(run, ending, refused);
  if (end.kind !== "blocked") await dropParts(files);
  return end;
}

/** The files of the job that is retried stay as they are. */
function isDropped({ spec }: Arrived, { kind }: JobEnding): boolean {
  return isRetry(spec) && kind !== "completed";
}

async function drop({ spec, files }: Arrived, ending: JobEnding): Promise<JobRunEnd> {
  await dropParts(files);
  await removeFolder(azureFolderOf(spec)).catch(() => undefined);
  return ending;
}

/** What was made before a kill and is still there counts. */
async function convertedOnce(run: Arrived, planned: JobEnding): Promise<Result<Converted>> {
  const { spec, files, host, journal, signal } = run;
  const before = journal.facts().converted;
  if (before !== null && (await isThere(files, before, predictionsOf(run, planned, before)))) {
    return { ok: true, value: before };
  }
  const facts = journal.facts();
  const made = await convertResults(host, { spec, files, facts, folder: azureFolderOf(spec), ending: planned }, signal);
  if (made.ok && !signal.aborted) journal.set({ converted: made.value });
  return made;
}

async function isThere(
  files: JobFiles,
  { written }: Converted,
  predictions: FinalNames["predictions"],
): Promise<boolean> {
  const stands = async (file: WrittenFile | null, part: string, final: string) =>
    isSameFile(await fileAt(part), file) || isRenamed(await fileAt(final), file);
  if (!(await stands(written.errors, files.errorsPart, files.errors))) return false;
  if (predictions === null) return true;
  return stands(writtenPart(files, written, predictions.part), predictions.part, predictions.final);
}

/** A job of which nothing succeeded has failed, as here, whatever Azure says. */
function endingBy({ spec, journal }: Arrived, planned: JobEnding, { succeeded }: Converted): JobEnding {
  if (planned.kind !== "completed" || succeeded > 0 || spec.settings.output_action === "summary_only") return planned;
  const job = journal.facts().name ?? spec.azure.jobName;
  const nothing = journal.facts().converted?.failed === 0;
  const place = azureFolderOf(spec);
  return {
    kind: "failed",
    problem: nothing ? problemOf("azure/no-results", { job, place }) : problemOf("job/no-success"),
  };
}

function predictionsOf({ spec, files }: Arrived, ending: JobEnding, { rows }: Converted): FinalNames["predictions"] {
  if (rows === 0 || spec.settings.output_action === "summary_only") return null;
  return ending.kind === "completed"
    ? { part: files.parquetPart ?? files.rowsPart, final: files.predictions }
    : { part: files.rowsPart, final: files.partialPredictions };
}

/** Only a job that completes, and that nobody has cancelled by now, waits until its files can be written. */
function endAnyway(run: Arrived, ending: JobEnding, problem: Parameters<typeof endBy>[0]): JobRunEnd {
  if (ending.kind !== "completed") return ending;
  return run.isCancelRequested() ? { kind: "canceled" } : endBy(problem);
}
