import path from "node:path";
import type { BaseJobFiles } from "../../contract/nouns/base-job.ts";
import { baseSegment } from "../../contract/nouns/base-job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { fileColumns, isMlflowFile } from "../../contract/nouns/prediction-columns.ts";
import { itemFolderOf } from "../../contract/nouns/scorers/item-files.ts";
import { hasManyRows } from "../../contract/nouns/scorer.ts";
import { type Problem, problemOf } from "../../contract/problem.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { type JobFiles, jobFiles } from "./job-files.ts";
import { journalFile } from "./job-files.ts";
import type { JobRecord } from "../../registry/job-row.ts";

/** Whether a job scores again what failed in another one, whose files it then replaces. */
export function isRetry(spec: Pick<JobSpec, "base">): boolean {
  return spec.base?.reason === "retry-failed";
}

/**
 * Where the finished job's files are that `spec` takes rows over from; null for a job without a base, and when the base was
 * deleted: then everything is scored.
 */
export function baseJobFiles(registry: Registry, home: string, spec: JobSpec): BaseJobFiles | null {
  const base = spec.base === null ? null : registry.jobs.find(spec.base.job);
  if (spec.base === null || base === null) return null;
  const { format } = base.spec.output;
  const isScript = base.spec.scorer.kind === "script";
  const writer = registry.jobs.findLastRetry(base.name) ?? base;
  return {
    reason: spec.base.reason,
    ...finishedFiles(registry, home, base),
    isRowAnItem: !isScript && !hasManyRows(base.spec.scorer),
    records: recordStyle(base.spec),
    convertedFile: isScript || format === "parquet" ? path.join(jobFiles(home, spec).segments, baseSegment) : null,
    recordsFolder: isScript ? jobFiles(home, writer.spec).segments : null,
    itemFiles: itemFilesOf(jobFiles(home, base.spec), base.spec),
  };
}

function itemFilesOf({ predictions, itemFolders }: JobFiles, spec: JobSpec): BaseJobFiles["itemFiles"] {
  if (itemFolders.length === 0) return null;
  const { format } = spec.output;
  const folder = path.dirname(predictions);
  const places = fileColumns(spec).map(({ name, content }, place) => ({ name, content, place }));
  const naming = places.filter(({ content }) => itemFolderOf(content, format) !== null);
  if (format === "jsonl") return { folder, cells: { kind: "json", keys: naming.map(({ name }) => name) } };
  const separator = format === "azureml" && !isMlflowFile(spec) ? " " : ",";
  return { folder, cells: { kind: "separated", separator, columns: naming.map(({ place }) => place) } };
}

/** What ends a record of a job's predictions: a line feed outside quotes, or every line feed. */
export function recordStyle(spec: JobSpec): BaseJobFiles["records"] {
  // What a script returned in a list stands in Azure's own bytes as it is, quotes and all.
  const isAsReturned = spec.output.format === "azureml" && spec.scorer.kind === "script";
  return spec.output.format === "jsonl" || isMlflowFile(spec) || isAsReturned ? "lines" : "quoted";
}

/** Where a finished job's files are, and the journal that describes them: once it was retried, that of its last retry. */
export function finishedFiles(
  registry: Registry,
  home: string,
  job: Pick<JobRecord, "name" | "spec">,
): Pick<BaseJobFiles, "journalFile" | "listingFile" | "rowsFile" | "errorsFile"> {
  const files = jobFiles(home, job.spec);
  const writer = jobFiles(home, (registry.jobs.findLastRetry(job.name) ?? job).spec);
  return {
    journalFile: journalFile(writer.folder),
    listingFile: writer.listing,
    rowsFile: files.predictions,
    errorsFile: files.errors,
  };
}

/**
 * Whether a finished job keeps what its workers wrote. The rows of a script cannot be taken over from its predictions, where
 * they stand under the columns of all rows together; so they stay, until a retry has made others of them.
 */
export function keepsRecords(registry: Registry, name: string): boolean {
  const job = registry.jobs.find(name);
  if (job?.spec.scorer.kind !== "script" || job.status !== "Completed") return false;
  const described = job.spec.base?.reason === "retry-failed" ? registry.jobs.find(job.spec.base.job) : job;
  return described !== null && (registry.jobs.findLastRetry(described.name) ?? described).name === name;
}

/** Why a finished job cannot be deleted: another one needs what its folder holds. Null when none does. */
export function whyKept(registry: Registry, name: string): Problem | null {
  const user = registry.jobs.findUnfinishedByBase(name);
  if (user !== null) return problemOf("job/not-allowed:base-in-use", { job: name, user: user.name });
  const spec = registry.jobs.find(name)?.spec;
  const retried = spec?.base?.reason === "retry-failed" ? registry.jobs.find(spec.base.job) : null;
  if (retried === null || registry.jobs.findLastRetry(retried.name)?.name !== name) return null;
  return problemOf("job/not-allowed:holds-records", { job: name, retried: retried.name });
}
