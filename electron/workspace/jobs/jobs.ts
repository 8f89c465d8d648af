import { compareJobs, type CompareOptions } from "../../compare/compare-jobs.ts";
import type { Comparison } from "../../contract/messages/compare-messages.ts";
import type { JobView } from "../../contract/nouns/job.ts";
import type { JobSpec } from "../../contract/nouns/job-spec.ts";
import { isTerminal } from "../../contract/job-status.ts";
import { assetNameSchema } from "../../contract/names.ts";
import { failure, type Result, success } from "../../contract/problem.ts";
import { removeFolder } from "../../files/patient.ts";
import { removeUnusedCode } from "../../deployments/scripts/code-snapshot.ts";
import { jobFolder } from "../../jobs/folder/job-files.ts";
import { damagedJobView, jobView } from "../../jobs/folder/job-view.ts";
import { whyKept } from "../../jobs/folder/base-files.ts";
import type { Registry } from "../../registry/open-registry.ts";
import { jobTools, type WorkspaceContext } from "../context.ts";
import type { AzureSubmission } from "./azure-submission.ts";
import { findJob } from "./find-job.ts";
import type { JobControl } from "./job-control.ts";
import type { JobDownload } from "./job-download.ts";
import type { JobResults } from "./job-results.ts";
import type { RowPicturesOf } from "./row-pictures.ts";
import type { Submission } from "./submission.ts";
import type { UploadLimit } from "./upload-limit.ts";
import { createWaiter, type Waiter } from "./waiter.ts";

/** Columns of the data that a model input takes by their place, since nobody named them. */
export type ColumnsByPlace = { readonly input: string; readonly columns: readonly string[] };

export type JobLookup = {
  /** Newest first, then those that are damaged. */
  readonly list: (endpointName?: string) => readonly JobView[];
  /** Problem: job/not-found. */
  readonly show: (name: string) => Result<JobView>;
  readonly spec: (name: string) => JobSpec | null;
  /** Oldest first. */
  readonly history: Registry["jobs"]["history"];
  /** What changed after that revision (0: all), and the revision to ask from next time. */
  readonly changedSince: (revision: number) => { readonly jobs: readonly JobView[]; readonly revision: number };
  readonly names: () => readonly string[];
  readonly columnsByPlace: (name: string) => readonly ColumnsByPlace[];
  /** Lines two finished jobs up by item, in a process of its own; null when `options.signal` ended it. */
  readonly compare: (a: string, b: string, options: CompareOptions) => Promise<Result<Comparison | null>>;
  /** From now on a command of this process waits for the job, until it ends the waiter. */
  readonly waitFor: (name: string) => Result<Waiter>;
  /** Removes a finished job and its folder from the workspace; its outputs stay. Problems: job/not-found, job/not-allowed. */
  readonly delete: (name: string) => Promise<Result<null>>;
};

export type Jobs = JobLookup &
  JobControl &
  JobResults &
  JobDownload &
  RowPicturesOf &
  Submission &
  AzureSubmission &
  UploadLimit;

export function createJobLookup(context: WorkspaceContext): JobLookup {
  const { registry, home, codeFolder, inputCache, changed } = context;
  return {
    list: (endpointName) => [
      ...registry.jobs.list(endpointName).map(jobView),
      ...registry.jobs
        .listDamaged()
        .filter((job) => endpointName === undefined || job.endpointName.toLowerCase() === endpointName.toLowerCase())
        .map(damagedJobView),
    ],
    show: (name) => findJob(registry, name),
    spec: (name) => registry.jobs.find(name)?.spec ?? null,
    history: (name) => registry.jobs.history(name),
    changedSince(revision) {
      const records = registry.jobs.listChangedSince(revision);
      const damaged = registry.jobs.listDamaged(revision);
      return {
        jobs: [...records.map(jobView), ...damaged.map(damagedJobView)],
        revision: Math.max(revision, ...[records.at(-1), damaged.at(-1)].map((last) => last?.revision ?? 0)),
      };
    },
    names: () => registry.jobs.names(),
    columnsByPlace: (name) => columnsByPlace(registry, name),
    compare: (a, b, options) => compareJobs(jobTools(context), { a, b }, options),
    waitFor(name) {
      const job = findJob(registry, name);
      return job.ok ? success(createWaiter(registry, job.value.name)) : job;
    },
    async delete(name) {
      const job = findJob(registry, name);
      if (!job.ok) return job;
      const { status } = job.value;
      if (!isTerminal(status)) return failure("job/not-allowed:delete", { job: name, status });
      const kept = whyKept(registry, job.value.name);
      if (kept !== null) return { ok: false, problem: kept };
      // A name that is damaged may lead anywhere.
      if (assetNameSchema.safeParse(job.value.name).success) await removeFolder(jobFolder(home, job.value.name));
      registry.jobs.remove(name);
      await removeUnusedCode(registry, codeFolder);
      await inputCache.trim();
      changed();
      return success(null);
    },
  };
}

function columnsByPlace(registry: Registry, name: string): readonly ColumnsByPlace[] {
  const job = registry.jobs.find(name);
  const frozen = job?.spec.scorer;
  const scorer = job === null ? null : registry.deployments.find(job.endpointName, job.deploymentName)?.scorer;
  if (frozen?.kind !== "tabular" || scorer?.kind !== "tabular") return [];
  const unnamed = new Set(scorer.inputs.filter((input) => input.columns === null).map((input) => input.name));
  return frozen.inputs
    .filter((input) => unnamed.has(input.name))
    .map((input) => ({ input: input.name, columns: input.columns ?? [] }));
}
