import crypto from "node:crypto";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import type { JobStatus } from "../../contract/job-status.ts";
import type { Problem } from "../../contract/problem.ts";
import { englishWords } from "../../contract/words/english-problems.ts";
import { scorerWords } from "../../contract/nouns/scorer.ts";
import { readListingTotals, sumUpListing } from "../../data/listing/listing-file.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { costOf } from "../folder/job-view.ts";
import { errorsFileName, recordFileName } from "../folder/job-files.ts";
import { isRetry } from "../folder/base-files.ts";
import { toleranceOf } from "../journal/sessions.ts";
import type { Journal } from "../journal/journal.ts";
import type { JournalTotals } from "../journal/journal-totals.ts";

/** What job.json says: enough to know later what made the files beside it, and to recognise them as ours. */
export async function jobRecord(facts: {
  readonly spec: JobSpec;
  readonly status: JobStatus;
  readonly problem: Problem | null;
  readonly journal: Journal;
  readonly totals: JournalTotals;
  readonly predictionsFile: string | null;
  readonly itemFolders: readonly string[];
  readonly listingFile: string;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly endedAt: string;
}): Promise<string> {
  const { spec, journal, totals } = facts;
  const stored = journal.facts();
  const isScript = spec.scorer.kind === "script";
  const poisoned = journal.poisonedItems();
  const record = {
    batchdeck: {
      version: packageJson.version,
      files: [facts.predictionsFile, ...facts.itemFolders, errorsFileName].filter((name) => name !== null),
      record: recordFileName,
    },
    // A retry's files are those of the job that it retried.
    name: isRetry(spec) ? spec.base?.job : spec.name,
    status: facts.status,
    problem: facts.problem === null ? null : { code: facts.problem.code, ...englishWords(facts.problem) },
    endpoint_name: spec.endpointName,
    deployment_name: spec.deploymentName,
    model: { name: spec.model.name, version: spec.model.version, sha256: spec.model.hash },
    input: {
      path: spec.input.path,
      /** What the path was called when the endpoint was invoked, when that was no path. */
      source: spec.input.source,
      files: stored.files,
      /** The watch that made the job; null: a command or the window did. */
      watch: spec.input.watch,
      bytes: stored.inputBytes,
      /** Over every file's path, size and modification time, in order. */
      listing_sha256: await listingHash(facts.listingFile),
      dialect: dialectWords(spec.dialect),
      skipped_by: stored.skippedBy,
      /** The first of them for each reason. */
      skipped_names: stored.skippedNames,
    },
    output: {
      file: facts.predictionsFile,
      format: spec.output.format,
      /** What becomes of text that a spreadsheet would take for a formula; it is the CSV files' rule alone. */
      csv_formulas: spec.output.csvFormulas,
    },
    counts: {
      total: totals.planned + stored.skipped,
      succeeded: totals.succeeded,
      failed: totals.failed,
      skipped: stored.skipped,
      /** Of `succeeded`: items with a score that is NaN or infinite. */
      not_a_number: totals.notANumber,
      mini_batches: totals.miniBatches,
      /** Files that hold a failed item. */
      failed_files: stored.failedFiles,
    },
    /** Whose rows were taken over, and how many; `by` is the job that did so. */
    reuse: spec.base === null ? null : { ...spec.base, by: spec.name, items: totals.reused },
    run: {
      provider: stored.provider,
      /** What the model ran on in each worker, and why not on the device that was asked for. */
      sessions: stored.sessions,
      /** On the CPU the same job gives the same bytes; on anything else values differ by up to this much. What a script does nobody knows. */
      tolerance: isScript ? null : toleranceOf(stored.sessions),
      device: spec.device,
      compute: spec.compute,
      onnxruntime: isScript ? null : stored.runtimeVersion,
      /** Version of Python or Node that ran the script; null for a model. */
      script_runtime: isScript ? stored.runtimeVersion : null,
      workers: spec.workers,
      intra_op_threads: 1,
      batch: spec.batch,
      batch_chosen_by: spec.batchChosenBy,
      /** Smaller runs than `batch` were needed for some mini-batches; values may then differ by up to 1e-5. */
      smallest_batch: stored.smallestBatch,
      attempts: journal.attempts(),
      retries: Math.max(0, journal.attempts() - totals.miniBatchesDone),
      items_that_ended_workers: poisoned,
      worker_deaths: stored.workerDeaths,
      /** Results that were damaged on the disk, and a journal or a list of files that was: all were scored again. */
      mini_batches_scored_again: stored.redoneUnits,
      began_again: stored.beganAgain || stored.listedAgain,
      engines: stored.engines,
      instance_seconds: Math.round(stored.instanceMs) / 1000,
      price_per_hour: spec.pricePerHour,
      /** `instance_seconds` at that price, in the currency that it was given in. */
      cost: costOf(stored.instanceMs / 1000, spec.pricePerHour),
      stage_ms: Object.fromEntries(Object.entries(stored.stageMs).map(([stage, ms]) => [stage, Math.round(ms)])),
      platform: `${process.platform}-${process.arch}`,
      node: process.versions.node,
    },
    settings_sha256: crypto
      .createHash("sha256")
      .update(JSON.stringify([spec.scorer, spec.settings, spec.batch, spec.output.format, spec.output.csvFormulas]))
      .digest("hex"),
    created_at: facts.createdAt,
    started_at: facts.startedAt,
    ended_at: facts.endedAt,
    active_seconds: Math.round(stored.activeMs) / 1000,
    error_threshold: { count: spec.settings.error_threshold, ...spec.errorThreshold },
    overrides: spec.overrides,
    settings: spec.settings,
    scorer: scorerWords(spec.scorer),
    deployment: spec.deployment,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Known since it was written; that of a list of an earlier version is the hash of the file. Null when the list cannot be read. */
async function listingHash(file: string): Promise<string | null> {
  try {
    return (await readListingTotals(file))?.sha256 ?? (await sumUpListing(file)).sha256;
  } catch {
    return null;
  }
}

function dialectWords(dialect: JobSpec["dialect"]) {
  if (dialect === null) return null;
  const { headerStart, ...rest } = dialect;
  return { ...rest, header_start: headerStart };
}
